"""The head of the feed, brought up to date if that is fast."""

import logging
from typing import Any, NamedTuple, cast

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q

from catalog.documents.compose import SCHEMA
from catalog.documents.sync.stamping import stamp
from catalog.models import FeedMark, FeedState
from ops.db.compiled import CompiledQuery

logger = logging.getLogger(__name__)

# The limits for stamping by a reader or after a write; the next caller continues.
LIMITS = {"seconds": 2, "patience_ms": 250}
POLL_SECONDS = 60  # the recommended interval for partners

STORED = CompiledQuery(
    FeedState.objects.values_list("epoch", "head", "horizon", "schema", Exists(FeedMark.objects.all()))
)


# Whether all changes are stamped, as a column of another query.
IS_CURRENT = ExpressionWrapper(
    Q(Exists(FeedState.objects.filter(schema__gte=SCHEMA)), ~Exists(FeedMark.objects.all())), BooleanField()
)


class Head(NamedTuple):
    """`number` is the highest number assigned; `horizon` is that of the last tombstone that was deleted."""

    epoch: str
    number: int
    horizon: int
    is_behind: bool  # whether marks wait to be stamped


def stored_head() -> Head | None:
    """Return the stored head, or None before the first stamp. One query."""
    if (row := next(iter(STORED.rows()), None)) is None:
        return None
    *state, schema, has_marks = row
    return Head(*state, is_behind=has_marks or schema < SCHEMA)


def head_after_stamping(**limits: Any) -> Head | None:
    """Return the head after stamping pending changes, None if there is none yet. `limits` are those of `stamp`.

    If stamping fails, which is logged, or takes too long, it is the present head.
    """
    head = stored_head()
    if head is not None and not head.is_behind:
        return head
    try:
        stamp(**limits)
    except Exception:  # e.g. a full disk or an invalid row: answer with the stored data
        logger.exception("The documents of the catalogue could not be brought up to date.")
    return stored_head()


def current_head() -> Head:
    return cast(Head, head_after_stamping(**LIMITS) or head_after_stamping(seconds=LIMITS["seconds"]))

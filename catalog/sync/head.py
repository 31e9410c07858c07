"""The head of the feed, brought up to date if that is fast."""

import logging
from typing import NamedTuple, cast

from django.db.models import Exists

from catalog.documents.compose import SCHEMA
from catalog.models import FeedMark, FeedState
from catalog.sync.stamping import stamp

logger = logging.getLogger(__name__)

# The time limits for a reader, or after a write; the next caller continues.
STAMP_SECONDS = 2
PATIENCE_MS = 250
POLL_SECONDS = 60  # the recommended interval for partners


# Built once, because every page of the catalogue runs this query.
STORED = FeedState.objects.values_list("epoch", "head", "horizon", "schema", Exists(FeedMark.objects.all()))


class Head(NamedTuple):
    """`number` is the highest number assigned; `horizon` is that of the last tombstone that was deleted."""

    epoch: str
    number: int
    horizon: int
    is_behind: bool  # whether marks wait to be stamped


def stored_head() -> Head | None:
    """Return the stored head, or None before the first stamp. One query."""
    for epoch, number, horizon, schema, has_marks in STORED.all():
        return Head(epoch, number, horizon, is_behind=has_marks or schema < SCHEMA)
    return None


def current_head() -> Head:
    """Return the head after stamping pending changes, or the present head if stamping fails or takes too long."""
    head = stored_head()
    if head is None:
        stamp(seconds=STAMP_SECONDS)
    elif head.is_behind:
        try:
            stamp(seconds=STAMP_SECONDS, patience_ms=PATIENCE_MS)
        except Exception:  # e.g. a full disk or an invalid row: answer with the stored data
            logger.exception("The feed could not be brought up to date.")
            return head
    else:
        return head
    return cast(Head, stored_head())  # it exists after the first stamp

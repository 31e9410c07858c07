"""Where the feed stands, brought up to now as far as that is quick."""

import logging
from dataclasses import dataclass

from django.db.models import Exists

from catalog.documents.compose import SCHEMA
from catalog.models import FeedMark, FeedState
from catalog.sync.stamping import stamp

logger = logging.getLogger(__name__)

# For how long a reader, or whoever has just written, may be kept waiting; the rest is done by the next one.
STAMP_SECONDS = 2
PATIENCE_MS = 250
POLL_SECONDS = 60  # how often partners are told to ask


# Put together once: every page of the catalogue asks this.
STORED = FeedState.objects.values_list("epoch", "head", "horizon", "schema", Exists(FeedMark.objects.all()))


@dataclass(frozen=True)
class Head:
    """`number` is the highest that was given, `horizon` that of the last tombstone that was thrown away."""

    epoch: str
    number: int
    horizon: int
    is_behind: bool  # whether something waits to be stamped


def stored_head() -> Head | None:
    """Return where the feed stands, None where nobody has stamped yet. One query."""
    for epoch, number, horizon, schema, has_marks in STORED.all():
        return Head(epoch, number, horizon, is_behind=has_marks or schema < SCHEMA)
    return None


def current_head() -> Head:
    """Return where the feed stands after a stamp, if one was needed and could be had soon; else the present head."""
    head = stored_head()
    if head is None:
        stamp(seconds=STAMP_SECONDS)
    elif head.is_behind:
        try:
            stamp(seconds=STAMP_SECONDS, patience_ms=PATIENCE_MS)
        except Exception:  # a full disk, or a row of which nothing can be made: what is there is answered all the same
            logger.exception("The feed could not be brought up to date.")
            return head
    else:
        return head
    return stored_head()

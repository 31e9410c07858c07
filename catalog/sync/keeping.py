"""How long tombstones are kept, and what is done by hand: comparing all there is, a new epoch."""

import sys
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Max
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from catalog.models import FeedEntry, FeedState
from catalog.sync.head import stored_head
from catalog.sync.locking import alone
from catalog.sync.stamping import new_epoch, stamp
from catalog.sync.upkeep import CATALOG, mark_everything, see_to_triggers

# What partners are promised: a copy that was not brought up to date for longer begins anew.
TOMBSTONE_LIFE = timedelta(days=90)


@receiver(post_migrate, sender=CATALOG)
def stamp_before_serving(using, plan=(), verbosity=0, **kwargs):
    """Look after the triggers, and compose what an upgrade or a writer that was killed has left.

    So no reader meets an older document: `serve` migrates each time that it starts.
    """
    if using != DEFAULT_DB_ALIAS:
        return
    see_to_triggers(is_after_migration=bool(plan))
    head = stored_head()
    if head is not None and head.is_behind:
        if verbosity:
            sys.stdout.write("Composing the documents of the catalogue. This can be interrupted and goes on later.\n")
        stamp()


def drop_old_tombstones() -> int:
    """Throw away tombstones that are older than promised, and refuse the cursors that have not seen them."""
    with alone():
        old = FeedEntry.objects.filter(is_deleted=True, stamped_at__lt=timezone.now() - TOMBSTONE_LIFE)
        horizon = old.aggregate(last=Max("seq"))["last"]
        if horizon is None:
            return 0
        FeedState.objects.filter(horizon__lt=horizon).update(horizon=horizon)
        return old.delete()[0]


def audit() -> tuple[int, int]:
    """Compare all documents with what they should be; return how many were other, and how many there are now."""
    stamp()
    mark_everything()
    return stamp().numbers, FeedEntry.objects.live().count()


def begin_epoch() -> str:
    """Make all cursors void; return the new epoch. For a database that was restored from a copy, or copied."""
    stamp()
    epoch = new_epoch()
    with alone():
        FeedState.objects.update(epoch=epoch)
    return epoch

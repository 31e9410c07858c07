"""Maintenance of the feed: the retention of tombstones, the audit, and starting a new epoch."""

import sys
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Max
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from catalog.models import FeedEntry, FeedState
from catalog.sync.head import stored_head
from catalog.sync.locking import exclusive_lock
from catalog.sync.stamping import new_epoch, stamp
from catalog.sync.upkeep import CATALOG, ensure_triggers, mark_all_documents

# Promised to partners: copies that were not updated for longer must start again.
TOMBSTONE_LIFE = timedelta(days=90)


@receiver(post_migrate, sender=CATALOG)
def stamp_before_serving(using, plan=(), verbosity=0, **kwargs):
    """Check the triggers after migrating, and stamp changes left by an upgrade or a killed process.

    `serve` migrates on every start, so readers never see an outdated document.
    """
    if using != DEFAULT_DB_ALIAS:
        return
    ensure_triggers(is_after_migration=bool(plan))
    head = stored_head()
    if head is not None and head.is_behind:
        if verbosity:
            sys.stdout.write("Composing the documents of the catalogue. This can be interrupted and goes on later.\n")
        stamp()


def drop_old_tombstones() -> int:
    """Delete tombstones older than `TOMBSTONE_LIFE`, and expire the cursors that have not seen them."""
    with exclusive_lock():
        old = FeedEntry.objects.filter(is_deleted=True, stamped_at__lt=timezone.now() - TOMBSTONE_LIFE)
        horizon = old.aggregate(last=Max("seq"))["last"]
        if horizon is None:
            return 0
        FeedState.objects.filter(horizon__lt=horizon).update(horizon=horizon)
        return old.delete()[0]


def audit() -> tuple[int, int]:
    """Compose all documents again; return the number of stored ones that differed and the number of live ones."""
    stamp()
    mark_all_documents()
    return stamp().numbers, FeedEntry.objects.live().count()


def start_epoch() -> str:
    """Start a new epoch, which invalidates all cursors, and return it. For a restored or copied database."""
    stamp()
    epoch = new_epoch()
    with exclusive_lock():
        FeedState.objects.update(epoch=epoch)
    return epoch

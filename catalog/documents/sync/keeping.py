"""Maintenance of the feed: stamping after commits and migrations, retention of tombstones, audit, a new epoch."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Max
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from catalog.documents.compose import SCHEMA
from catalog.documents.sync.declaration import CAPTURED
from catalog.documents.sync.head import LIMITS, head_after_stamping, stored_head
from catalog.documents.sync.locking import exclusive_lock
from catalog.documents.sync.stamping import Stamp, new_epoch, stamp
from catalog.documents.sync.triggers import (
    CATALOG,
    drop_others,
    ensure_triggers,
    mark_all_documents,
    restore_after_migration,
)
from catalog.models import FeedEntry, FeedMark, FeedState
from ops.db.unapplied_migrations import is_upgrade_over
from ops.db.write_watcher import subscribe
from ops.progress import Progress, silent

# Promised to partners: copies that were not updated for longer must start again.
TOMBSTONE_LIFE = timedelta(days=90)
TABLES = frozenset(captured.table for captured in CAPTURED)
_waits = ContextVar("waits", default=False)


@contextmanager
def stamping_at_end() -> Iterator[None]:
    """Stamp once after the block instead of after each commit: an import changes many records several times.

    After an error the next reader or the worker stamps.
    """
    token = _waits.set(True)
    try:
        yield
    finally:
        _waits.reset(token)
    stamp()


def stamp_if_behind():
    """Stamp after the commit, so that the next reader does not have to: an optimisation only.

    Marks left by a killed process or another program are stamped by the next reader, or by the worker within a minute.
    """
    if _waits.get() or not (connection.get_autocommit() or connection.in_atomic_block):
        return  # with manual transaction management the stamp would not be committed
    head_after_stamping(**LIMITS)


subscribe(lambda write: write.table in TABLES, stamp_if_behind)


@receiver(post_migrate, sender=CATALOG)
def stamp_before_serving(using, plan=(), verbosity=0, **kwargs):
    """Check the triggers and stamp what is behind, since `serve` migrates on every start.

    After an upgrade to a higher schema it is left to the server and the worker: the previous version may still serve,
    from documents that it understands.
    """
    if using != DEFAULT_DB_ALIAS:
        return
    ensure_triggers()
    restore_after_migration()
    if is_upgrade_over(connection):
        drop_others()
    head = stored_head()
    if head is not None and head.is_behind and not FeedState.objects.exclude(schema=SCHEMA).exists():
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


def audit(report: Callable[[str], object] = silent) -> tuple[int, int]:
    """Compose all documents again; return the number of stored ones that differed and the number of live ones."""
    _stamp_all(report)
    with exclusive_lock():
        mark_all_documents()
    return _stamp_all(report).numbers, FeedEntry.objects.live().count()


def _stamp_all(report: Callable[[str], object]) -> Stamp:
    progress, most = Progress(report, "Composing the documents of the catalogue"), 0

    def on_step():
        nonlocal most
        left = FeedMark.objects.count()
        most = max(most, left)
        progress.reach(most - left, most)

    return stamp(on_step=on_step)


def start_epoch(report: Callable[[str], object] = silent) -> str:
    """Start a new epoch, which invalidates all cursors, and return it. For a restored or copied database."""
    _stamp_all(report)
    epoch = new_epoch()
    with exclusive_lock():
        FeedState.objects.update(epoch=epoch)
    return epoch

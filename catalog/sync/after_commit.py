"""Stamp changes right after the commit of a write, so that the next reader does not have to.

This is an optimisation only: marks that remain, because a process was killed or another program wrote, are stamped by
the next reader of the feed, or by the worker within a minute.
"""

from django.db import connection

from catalog.sync.declaration import CAPTURED
from catalog.sync.head import PATIENCE_MS, STAMP_SECONDS, stored_head
from catalog.sync.stamping import stamp
from ops.db.write_watcher import subscribe

TABLES = frozenset(captured.table for captured in CAPTURED)


def stamp_if_behind():
    if not (connection.get_autocommit() or connection.in_atomic_block):
        return  # manual transaction management: the stamp would not be committed
    head = stored_head()
    if head is None or head.is_behind:
        stamp(seconds=STAMP_SECONDS, patience_ms=PATIENCE_MS)


subscribe(lambda write: write.table in TABLES, stamp_if_behind)

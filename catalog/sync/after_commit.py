"""Whoever has written to the catalogue stamps after the commit, so the next reader finds it done.

Nothing depends on it: marks that are left, by a writer that was killed or by another program, are stamped by the next
reader of the feed, or by the worker within a minute.
"""

from django.db import connection

from catalog.sync.declaration import CAPTURED
from catalog.sync.head import PATIENCE_MS, STAMP_SECONDS, stored_head
from catalog.sync.stamping import stamp
from ops.db.write_watcher import subscribe

TABLES = frozenset(captured.table for captured in CAPTURED)


def stamp_if_behind():
    if not (connection.get_autocommit() or connection.in_atomic_block):
        return  # transactions managed by hand: the stamp would stay uncommitted
    head = stored_head()
    if head is None or head.is_behind:
        stamp(seconds=STAMP_SECONDS, patience_ms=PATIENCE_MS)


subscribe(lambda write: write.table in TABLES, stamp_if_behind)

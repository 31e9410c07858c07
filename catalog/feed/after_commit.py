"""Who has written to the catalogue stamps after the commit: so the next reader finds it done.

Nothing depends on it: what is not seen here (a write outside of any transaction, another program) is stamped by the
next reader of the feed, or by the worker within a minute.
"""

import re

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from catalog.feed.declaration import CAPTURED
from catalog.feed.head import PATIENCE_MS, STAMP_SECONDS, stored_head
from catalog.feed.stamping import stamp

TABLES = "|".join(re.escape(captured.table) for captured in CAPTURED)
WRITE = re.compile(rf'\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?)\s+"?(?:{TABLES})\b', re.IGNORECASE)


@receiver(connection_created)
def watch(connection, **kwargs):
    if watch_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch_writes)


def watch_writes(execute, sql, params, many, context):
    result = execute(sql, params, many, context)
    if is_ours(context["connection"]) and isinstance(sql, str) and WRITE.match(sql):
        stamp_after_commit()
    return result


def is_ours(connection) -> bool:
    return connection.alias == DEFAULT_DB_ALIAS and connection.in_atomic_block


def stamp_after_commit():
    """Once a transaction. A hook that is there is enough: it goes away only with a savepoint that takes back, too, what
    is written now."""
    if all(hook is not stamp_if_behind for _, hook, _ in connection.run_on_commit):
        connection.on_commit(stamp_if_behind, robust=True)


def stamp_if_behind():
    head = stored_head()
    if head is None or head.is_behind:
        stamp(seconds=STAMP_SECONDS, patience_ms=PATIENCE_MS)

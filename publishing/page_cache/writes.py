"""Notices every statement by which this process changes what readers see, and raises the content's number after it.

It stands where all statements pass, below models and querysets. By it pass `executescript()`, `callproc()` and what is
said to the driver itself: who uses those calls `content_changed()`.
"""

import re
from itertools import islice

from django.db import connection as default_connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from publishing.page_cache.generation import generation
from publishing.page_cache.tables import unseen_columns, unseen_tables

NAME = r'(?:"?\w+"?\.)?"?(\w+)"?'
WRITES = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|(UPDATE)(?:\s+OR\s+\w+)?(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?"
    rf"|COPY)\s+{NAME}",
    re.IGNORECASE,
)
# Not COMMIT: Django has another way, and who says it in SQL has written before, when nobody could see it.
READS = re.compile(
    r"[\s(]*(?:SELECT|VALUES|TABLE|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|START|SET|RESET|SHOW|LOCK|ANALYZE"
    r"|VACUUM|REINDEX|DECLARE|FETCH|MOVE|CLOSE|LISTEN|UNLISTEN|NOTIFY|DISCARD|CHECKPOINT)\b",
    re.IGNORECASE,
)
ASSIGNED = re.compile(r'(?:\bSET|,)\s*"?([\w.]+)"?\s*=', re.IGNORECASE)
WITH = re.compile(r"\s*WITH\b", re.IGNORECASE)
CHANGING = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)


def changes_content(sql) -> bool:
    """Whether a statement may change what readers see. What is not understood does."""
    if not isinstance(sql, str):
        return True
    if READS.match(sql):
        return _has_another(sql)
    if WITH.match(sql):
        return bool(CHANGING.search(sql))
    found = WRITES.match(sql)
    if found is None:
        return True
    update, table = found.groups()
    if table in unseen_tables():
        return _has_another(sql)
    hidden = unseen_columns().get(table)
    if not (hidden and update) or _has_another(sql):
        return True
    assigned = set(ASSIGNED.findall(sql))
    return not assigned or not assigned <= hidden


def _has_another(sql: str) -> bool:
    return ";" in sql.rstrip("; \n\t")


def content_changed(connection=default_connection):
    """Raise the content's number as soon as what `connection` has written is there for others to see."""
    if connection.in_atomic_block and connection.commit_on_exit:
        _after_transaction(connection)
    elif connection.get_autocommit():
        generation.increase()
    else:
        _after_commit_by_hand(connection)


def notice(execute, sql, params, many, context):
    """An execute_wrapper of Django."""
    if isinstance(context["cursor"].cursor, AllRows):
        context["cursor"].cursor = context["cursor"].cursor.cursor  # what was read before is of no use any more
    if not changes_content(sql):
        return execute(sql, params, many, context)
    cursor, is_nothing = context["cursor"], False
    try:
        result = execute(sql, params, many, context)
        if cursor.description is None:
            is_nothing = cursor.rowcount == 0
        elif context["connection"].vendor == "sqlite":
            cursor.cursor = AllRows(cursor.cursor, cursor.fetchall())
        return result
    finally:
        # Also after an error: of many rows, those before it may be there.
        if not is_nothing:
            content_changed(context["connection"])


class AllRows:
    """A cursor whose rows are all read. SQLite commits a statement with RETURNING when its last row is read; before
    that the number must not be raised, or somebody would keep the old page under the new one."""

    def __init__(self, cursor, rows):
        self.cursor = cursor
        self.rows = iter(rows)

    def fetchone(self):
        return next(self.rows, None)

    def fetchmany(self, size=1):
        return list(islice(self.rows, size))

    def fetchall(self):
        return list(self.rows)

    def __iter__(self):
        return self.rows

    def __getattr__(self, name):
        return getattr(self.cursor, name)


def _after_transaction(connection):
    """First of all hooks, since one that fails keeps those after it from running; once for each savepoint that may be
    rolled back by itself."""
    now = set(connection.savepoint_ids)
    for savepoints, function, _ in connection.run_on_commit:
        if function != generation.increase:
            break
        if savepoints <= now:
            return
    connection.run_on_commit.insert(0, (now, generation.increase, False))


def _after_commit_by_hand(connection):
    """With `set_autocommit(False)` Django runs no hooks; until the next commit our method stands before its own."""
    if "commit" in vars(connection):
        return

    def commit():
        del connection.commit
        try:
            connection.commit()
        finally:
            generation.increase()

    connection.commit = commit


@receiver(connection_created)
def stand_by(connection, **kwargs):
    """Below all other wrappers: a test that takes back the one it added must not take ours. They outlive the
    connection that they were made for."""
    if notice not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, notice)

"""Call subscribers after each commit that wrote something they are interested in.

Every statement that Django's cursors execute passes through here, below models and querysets. `executescript()`,
`callproc()` and statements given to the driver itself do not: their callers call `note_write()`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, takewhile

from django.db import connection as default_connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

NAME = r'(?:"?\w+"?\.)?"?(\w+)"?'
WRITES = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|(UPDATE)(?:\s+OR\s+\w+)?(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?"
    rf"|COPY)\s+{NAME}",
    re.IGNORECASE,
)
# COMMIT is not listed: Django commits by another way, so a COMMIT in SQL may publish writes that were not seen here.
READS = re.compile(
    r"[\s(]*(?:SELECT|VALUES|TABLE|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|START|SET|RESET|SHOW|LOCK|ANALYZE"
    r"|VACUUM|REINDEX|DECLARE|FETCH|MOVE|CLOSE|LISTEN|UNLISTEN|NOTIFY|DISCARD|CHECKPOINT)\b",
    re.IGNORECASE,
)
ASSIGNED = re.compile(r'(?:\bSET|,)\s*"?([\w.]+)"?\s*=', re.IGNORECASE)
WITH = re.compile(r"\s*WITH\b", re.IGNORECASE)
CHANGING = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Write:
    """A statement that writes to `table`. If `table` is None it was not understood and may write anywhere."""

    table: str | None = None
    sql: str = ""
    is_update: bool = False

    def only_assigns(self, columns: frozenset[str]) -> bool:
        """Return whether this is an UPDATE that certainly sets only these columns."""
        assigned = set(ASSIGNED.findall(self.sql)) if self.is_update and columns else set()
        return bool(assigned) and assigned <= columns


ANY_WRITE = Write()
Concerns = Callable[[Write], bool]
_subscribers: list[tuple[Concerns, Callable[[], None]]] = []


def subscribe(concerns: Concerns, function: Callable[[], None]) -> None:
    """Call `function` once after each commit of a transaction with a write for which `concerns` returns True.

    Subscribers are called in order of subscription, before all other hooks of the transaction. Their errors are logged.
    """
    _subscribers.append((concerns, function))


def parse(sql: str) -> Write | None:
    """Return what a statement may write; None if it only reads."""
    if not isinstance(sql, str):
        return ANY_WRITE
    if READS.match(sql):
        return ANY_WRITE if _has_another(sql) else None
    if WITH.match(sql):
        return ANY_WRITE if CHANGING.search(sql) else None
    match = WRITES.match(sql)
    if match is None or _has_another(sql):
        return ANY_WRITE
    return Write(match[2], sql, is_update=match[1] is not None)


def _has_another(sql: str) -> bool:
    return ";" in sql.rstrip("; \n\t")


def note_write(connection: BaseDatabaseWrapper = default_connection) -> None:
    """Call the subscribers that any write concerns as soon as others can see what `connection` has written."""
    _after_commit(connection, _concerned(ANY_WRITE))


def _concerned(write: Write | None) -> list[Callable[[], None]]:
    return [function for concerns, function in _subscribers if concerns(write)] if write else []


def watch(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
    """An execute_wrapper for Django's connections."""
    cursor, connection = context["cursor"], context["connection"]
    if isinstance(cursor.cursor, FetchedCursor):
        cursor.cursor = cursor.cursor.cursor  # the rows of the previous statement are no longer needed
    concerned = _concerned(parse(sql))
    if not concerned:
        return execute(sql, params, many, context)
    wrote_nothing = False
    try:
        result = execute(sql, params, many, context)
        if cursor.description is None:
            wrote_nothing = cursor.rowcount == 0
        elif connection.vendor == "sqlite" and not connection.in_atomic_block:
            cursor.cursor = FetchedCursor(cursor.cursor, cursor.fetchall())
        return result
    finally:
        # After an error too: executemany may have written some rows before the one that failed.
        if not wrote_nothing:
            _after_commit(connection, concerned)


class FetchedCursor:
    """A cursor whose rows have all been read.

    Outside a transaction SQLite commits RETURNING with its last row; subscribers must not be called before that.
    """

    def __init__(self, cursor, rows):
        self.cursor = cursor
        self.rows = iter(rows)

    def fetchone(self) -> tuple | None:
        return next(self.rows, None)

    def fetchmany(self, size: int = 1):
        return list(islice(self.rows, size))

    def fetchall(self) -> list[tuple]:
        return list(self.rows)

    def __iter__(self):
        return self.rows

    def __getattr__(self, name):
        return getattr(self.cursor, name)


def _after_commit(connection, functions):
    for function in functions:
        if connection.in_atomic_block and connection.commit_on_exit:
            _add_hook(connection, function)
        elif connection.get_autocommit():
            connection.on_commit(function, robust=True)  # called at once
        else:
            function()  # with `set_autocommit(False)` Django runs no hooks after a commit


def _add_hook(connection, function):
    """Add a hook before those of others, since one that fails prevents those after it; once per transaction."""
    own_functions = {function for _, function in _subscribers}
    hooks = list(takewhile(lambda hook: hook[1] in own_functions, connection.run_on_commit))
    for savepoints, hook, _ in hooks:
        if hook is function:
            # A closed savepoint can no longer be rolled back on its own; an open one can.
            savepoints.intersection_update(connection.savepoint_ids)
            return
    connection.run_on_commit.insert(len(hooks), (set(connection.savepoint_ids), function, True))


@receiver(connection_created)
def watch_connection(connection, **kwargs):
    """Add the wrapper, which outlives connections, below all others: a test that removes its own must not remove it."""
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, watch)

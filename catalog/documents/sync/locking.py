"""Transactions of the feed for both databases: one with an exclusive lock for stamping, one with a snapshot."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import OperationalError, connection, transaction

from catalog.models import FeedState
from ops.db.lock_timeout import lock_timeout

# SQLite's error code, and PostgreSQL's lock_not_available.
SQLITE_BUSY, POSTGRESQL_BUSY = 5, "55P03"


class FeedBusyError(Exception):
    """The lock timed out because another transaction was writing."""


@contextmanager
def exclusive_lock(patience_ms: int | None = None) -> Iterator[None]:
    """Lock the feed for a transaction that sees all earlier commits. Raises FeedBusyError after `patience_ms`.

    None is the default timeout of the database. Within another transaction, as in a TestCase, it uses a savepoint.
    """
    is_outermost = not connection.in_atomic_block
    with ExitStack() as stack:
        try:
            with lock_timeout(patience_ms if is_outermost and connection.vendor == "sqlite" else None):
                stack.enter_context(transaction.atomic())
            if connection.vendor == "postgresql":
                _lock_table(patience_ms, is_outermost)
        except OperationalError as error:
            cause = error.__cause__
            is_busy_sqlite = getattr(cause, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY
            if is_busy_sqlite or getattr(cause, "sqlstate", None) == POSTGRESQL_BUSY:
                raise FeedBusyError(str(error)) from error
            raise
        yield


@contextmanager
def snapshot_transaction() -> Iterator[None]:
    """Run queries on one snapshot without blocking writers. Within a transaction, that transaction is used."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Not atomic(), which begins IMMEDIATE and would take the write lock.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _lock_table(patience_ms: int | None, is_outermost: bool):
    with connection.cursor() as cursor:
        if is_outermost:
            # LOCK TABLE takes no snapshot; the next query does, so it sees what the last holder committed.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            if patience_ms is not None:
                cursor.execute(f"SET LOCAL lock_timeout = {int(patience_ms)}")
        cursor.execute(f'LOCK TABLE "{FeedState._meta.db_table}" IN EXCLUSIVE MODE')

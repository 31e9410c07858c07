"""Transactions of the feed on either database: one in which nobody else gives numbers, one in which nothing moves."""

from contextlib import ExitStack, contextmanager

from django.db import OperationalError, connection, transaction

from catalog.models import FeedState
from ops.db.lock_timeout import lock_timeout

# SQLite's error code; lock_not_available of PostgreSQL.
SQLITE_BUSY, POSTGRESQL_BUSY = 5, "55P03"


class BusyError(Exception):
    """Somebody else was writing for longer than we wanted to wait."""


@contextmanager
def alone(patience_ms: int | None = None):
    """A transaction that sees all that was committed before it began, and in which nobody else gives numbers.

    Waits for `patience_ms` at most, else as long as the database does by itself. Raises BusyError.
    Inside a transaction, as in a TestCase, it is that one's savepoint.
    """
    is_outermost = not connection.in_atomic_block
    with ExitStack() as stack:
        with lock_timeout(patience_ms if is_outermost and connection.vendor == "sqlite" else None):
            try:
                stack.enter_context(transaction.atomic())
            except OperationalError as error:
                _say_if_busy(error)
                raise
        if connection.vendor == "postgresql":
            _lock_table(patience_ms, is_outermost)
        yield


@contextmanager
def one_snapshot():
    """Queries within see one moment, and hold up nobody. Inside a transaction they see that one's."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Not by atomic(), which would take the one writer's place.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _lock_table(patience_ms, is_outermost):
    with connection.cursor() as cursor:
        if is_outermost:
            # LOCK TABLE takes no snapshot: the first query after it does, so that sees what the last one left.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            if patience_ms is not None:
                cursor.execute(f"SET LOCAL lock_timeout = {int(patience_ms)}")
        try:
            cursor.execute(f'LOCK TABLE "{FeedState._meta.db_table}" IN EXCLUSIVE MODE')
        except OperationalError as error:
            _say_if_busy(error)
            raise


def _say_if_busy(error: OperationalError):
    cause = error.__cause__
    is_busy = (
        getattr(cause, "sqlstate", None) == POSTGRESQL_BUSY
        or getattr(cause, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY
    )
    if is_busy:
        raise BusyError(str(error)) from error

"""A limit on how long a transaction waits for a database lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic, sleep

from django.db import connection

WORK_SECONDS = 0.2
# SQLite has no queue for its one write lock: connections that wait for it look again after up to 0.1 s.
PAUSE_SECONDS = 0.12
_is_alone = ContextVar("is_alone", default=False)


def let_others_write(since: float) -> float:
    """Pause between two transactions of long work that has gone on since then; return since when it goes on after that.

    Both are times of `monotonic()`. The pause lets every connection that waits look once: a shorter one falls between
    two looks, and they wait for many transactions. There is none before 0.2 s of work, on PostgreSQL, inside a
    transaction, or while nobody else is served.
    """
    is_short = monotonic() - since < WORK_SECONDS
    if connection.vendor != "sqlite" or connection.in_atomic_block or is_short or _is_alone.get():
        return since
    sleep(PAUSE_SECONDS)
    return monotonic()


@contextmanager
def before_serving() -> Iterator[None]:
    """Leave out the pauses inside the block."""
    token = _is_alone.set(True)
    try:
        yield
    finally:
        _is_alone.reset(token)


@contextmanager
def lock_timeout(milliseconds: int | None) -> Iterator[None]:
    """Raise OperationalError inside the block after waiting longer than this for a lock; None keeps the usual limit.

    Enter it before the transaction begins, since SQLite waits for the write lock at its beginning.
    """
    if milliseconds is None:
        yield
        return
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
        shorten, restore = f"PRAGMA busy_timeout = {int(milliseconds)}", f"PRAGMA busy_timeout = {usual}"
    else:
        shorten, restore = f"SET lock_timeout = {int(milliseconds)}", "RESET lock_timeout"
    with connection.cursor() as cursor:
        cursor.execute(shorten)
        try:
            yield
        finally:
            cursor.execute(restore)

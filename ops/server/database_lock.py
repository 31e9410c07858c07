"""A lock of the whole database for those who prepare it: of several hosts that start at once, all but one wait."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

KEY = 0x76697472696E65  # "vitrine": the number of the lock among those of PostgreSQL
WAITING = "Another process is preparing the database. This one waits until that is done."
_is_held = ContextVar("_is_held", default=False)


@contextmanager
def database_lock(say: Callable[[str], object] = print) -> Iterator[None]:
    """Lock the database; inside another such block it is locked already. `say` gets a sentence if it has to wait.

    The lock ends with this process at the latest. Nobody needs it to read or write.
    """
    if _is_held.get():
        yield
        return
    lock = _lock_on_server if connection.vendor == "postgresql" else _lock_on_file
    with lock(lambda: say(WAITING)):
        token = _is_held.set(True)
        try:
            yield
        finally:
            _is_held.reset(token)


@contextmanager
def _lock_on_server(tell: Callable[[], object]) -> Iterator[None]:
    """Hold the lock by a transaction of its own connection: a pooler may give sessions to others in between."""
    lock_connection = connection.copy()
    try:
        lock_connection.set_autocommit(False)
        with lock_connection.cursor() as cursor:
            for limit in ("idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout"):
                cursor.execute(f"SET LOCAL {limit} = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [KEY])
            if not cursor.fetchone()[0]:
                tell()
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEY])
        yield
    finally:
        lock_connection.close()


@contextmanager
def _lock_on_file(tell: Callable[[], object]) -> Iterator[None]:
    with open(f"{connection.settings_dict['NAME']}.lock", "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""Recognise outages of the database or the disk, tell them from bugs, and describe them to users.

`ops.http.errors.server_error` responds with 503, so views need code only to preserve what a user typed.
"""

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection

RETRY_SECONDS = 30


@dataclass(frozen=True)
class Outage:
    """An outage, in words for people who read, and a `refusal` for those whose input was not saved."""

    description: str
    is_of_writing: bool = True

    @property
    def refusal(self) -> str:
        return f"{self.description}, so your changes were not saved."


AWAY = Outage("The site cannot reach its database at the moment", is_of_writing=False)
BUSY = Outage("The database is busy at the moment")
READ_ONLY = Outage("The site is read-only at the moment")
FULL = Outage("The disk of the site is full")
ADVICE = "Go back in your browser: your input is still in the form. Send it again in a few minutes."

OF_SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: AWAY,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_PERM: AWAY,
    sqlite3.SQLITE_NOTADB: AWAY,
}
# By prefix of the SQLSTATE (PostgreSQL, appendix A).
OF_POSTGRESQL = {
    "08": AWAY,  # connection
    "57P": AWAY,  # shut down, starting
    "53300": AWAY,  # too many connections
    "58030": AWAY,  # its disk cannot be read
    "53100": FULL,
    "25006": READ_ONLY,
    "40": BUSY,  # deadlock, serialisation
    "55P03": BUSY,  # lock not available
}
OF_FILES = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY, errno.EACCES: READ_ONLY}


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the outage that `error` comes from; None for any other error."""
    seen = []
    while error is not None and error not in seen:  # the cause of an error can be the error itself
        seen.append(error)
        if isinstance(error, (DatabaseError, InterfaceError)) and error.__cause__ is not None:
            outage = _of_database(error.__cause__)
        else:
            outage = OF_FILES.get(error.errno or 0) if isinstance(error, OSError) else None
        if outage:
            return outage
        error = error.__cause__
    return None


def _of_database(cause: BaseException) -> Outage | None:
    if isinstance(cause, sqlite3.Error):
        return OF_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate is None:  # no answer from the server: no connection, or it was cut
        return AWAY if type(cause).__name__ in {"OperationalError", "InterfaceError", "ConnectionTimeout"} else None
    return next((outage for start, outage in OF_POSTGRESQL.items() if cause.sqlstate.startswith(start)), None)


@contextmanager
def read_only_transactions() -> Iterator[None]:
    """Let transactions in the block begin without SQLite's write lock, which is not available."""
    if connection.vendor != "sqlite":
        yield
        return
    sqlite: Any = connection  # the stubs do not know this attribute
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        sqlite.transaction_mode = usual


class OutageFilter(logging.Filter):
    """Shortens outages to a line without traceback, which would say nothing about the code.

    Drops Django's line for each 503 that is no outage: its cause is logged, but not for each request.
    """

    def filter(self, record: logging.LogRecord) -> bool | logging.LogRecord:
        error = record.exc_info[1] if record.exc_info else None
        if record.name == "django.request" and error is None and getattr(record, "status_code", None) == 503:
            return False
        if outage_of(error) is None:
            return True
        line = copy(record)
        line.msg, line.args = f"{record.getMessage()} {type(error).__name__}: {error}", ()
        line.exc_info = line.exc_text = None
        return line

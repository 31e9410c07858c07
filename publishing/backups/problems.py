"""What can go wrong, in a sentence for whoever asked for it."""

import errno
import sqlite3
from contextlib import contextmanager

from django.db import Error


class BackupError(Exception):
    """Why there is no backup, or nothing was restored: a sentence."""


class MovedError(BackupError):
    """A file went or changed while it was read: the whole is to be taken once more."""


@contextmanager
def in_words():
    """Raise BackupError for what disk and database have to say."""
    try:
        yield
    except OSError as error:
        raise BackupError(_of_the_disk(error)) from error
    except (sqlite3.Error, Error) as error:
        cause = error if isinstance(error, sqlite3.Error) else error.__cause__
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise BackupError("The disk is full.") from error
        raise BackupError(f"The database cannot be used: {' '.join(str(error).split())}") from error


def _of_the_disk(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full{where}."
    return f"{error.strerror or error}{where}."

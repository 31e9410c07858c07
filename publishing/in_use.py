"""Who works on the data of this DATA_DIR: servers and workers beside each other, a restore alone."""

import fcntl
import os
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

LOCK = "in-use.lock"

# The locks of this process, which end with it.
held: list[int] = []


class InUseError(Exception):
    """Why one cannot begin: a sentence."""


def work_here():
    """Say that this process works on the data, for as long as it lives. Raises InUseError during a restore."""
    with suppress(OSError):  # a folder that cannot be written to: nobody can restore anything there either
        file = os.open(Path(settings.DATA_DIR) / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise InUseError("A backup is being restored here. Start again when that is done.") from None
        held.append(file)


@contextmanager
def only_here():
    """Keep servers and workers of this machine from the data. Raises InUseError where one is at work."""
    file = os.open(Path(settings.DATA_DIR) / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InUseError(f"A server or a worker is running on {settings.DATA_DIR}: stop it first.") from None
    finally:
        os.close(file)

"""Locks on DATA_DIR. They end with the process that holds them, however it ends."""

import fcntl
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

LOCK = "in-use.lock"  # shared by servers and workers; a restore has it alone
held = ExitStack()


class InUseError(Exception):
    """Why one cannot begin: a sentence."""


@contextmanager
def locked(name: str, how: int):
    with (Path(settings.DATA_DIR) / name).open("a") as file:
        fcntl.flock(file, how)
        yield


def work_here():
    """Lock the data for as long as this process lives. Raises InUseError during a restore."""
    try:
        held.enter_context(locked(LOCK, fcntl.LOCK_SH | fcntl.LOCK_NB))
    except BlockingIOError:
        raise InUseError("A backup is being restored here. Start again when that is done.") from None
    except OSError:
        return  # a folder that cannot be written to: nobody can restore anything there either


@contextmanager
def only_here():
    """Keep servers and workers of this machine from the data. Raises InUseError where one is running."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            raise InUseError(f"A server or a worker is running on {settings.DATA_DIR}: stop it first.") from None
        yield

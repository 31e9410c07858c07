"""Locks on DATA_DIR, and on a SQLite database elsewhere. They end with the process that holds them, for any reason."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError
from django.db import connection

LOCK = "in-use.lock"  # shared by servers and workers; a restore holds it exclusively
held = ExitStack()


@contextmanager
def locked(name: str, how: int, survives_exec: bool = False) -> Iterator[None]:
    """Lock a file of DATA_DIR, opened anew, so that it excludes other threads too. `how` is an operation of flock."""
    with (Path(settings.DATA_DIR) / name).open("a") as file:
        os.set_inheritable(file.fileno(), survives_exec)
        fcntl.flock(file, how)
        yield


def lock_names() -> list[str]:
    """Return the files of the lock: in DATA_DIR and, if it is elsewhere, beside SQLite's database."""
    path = Path(connection.settings_dict["NAME"])
    is_elsewhere = connection.vendor == "sqlite" and path.parent != Path(settings.DATA_DIR)
    return [LOCK, f"{path}.{LOCK}"] if is_elsewhere else [LOCK]


def lock_shared() -> None:
    """Lock the data for the life of this process, whatever program it becomes. Raises CommandError during a restore."""
    try:
        for name in lock_names():
            held.enter_context(locked(name, fcntl.LOCK_SH | fcntl.LOCK_NB, survives_exec=True))
    except BlockingIOError:
        raise CommandError("A backup is being restored here. Start again when that is done.") from None
    except OSError:
        return  # the folder is not writable, so no restore can run there either


@contextmanager
def lock_exclusively() -> Iterator[None]:
    """Lock out servers and workers of this machine, also those with another DATA_DIR on the same SQLite database.

    Raises CommandError if one is running.
    """
    with ExitStack() as stack:
        try:
            for name in lock_names():
                stack.enter_context(locked(name, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            place = f"{settings.DATA_DIR} or its database"
            raise CommandError(f"A server or a worker is running on {place}: stop it first.") from None
        yield

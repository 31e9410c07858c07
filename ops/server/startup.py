"""The steps before the server starts: a free port, a migrated database, content, static files, an administrator."""

import hashlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import UserManager
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils.crypto import get_random_string

from ops.db.lock_timeout import before_serving
from ops.server.database_lock import database_lock

PASSWORD_LENGTH = 20  # letters and digits, about 119 bits
ADMINISTRATOR = "admin"


def check_address(host: str, port: int) -> None:
    """Raise CommandError unless a server could listen there: its port could be shared with another program."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        raise CommandError(f"Nothing can listen on HOST {host}, PORT {port}: {error.strerror}.") from error


def prepare_database(say: Callable[[str], object]) -> str | None:
    """Migrate the database; if it is new, fill it and create the first administrator, whose password is returned.
    The worker loads the rest of the first content.

    Of several hosts that start at once, one does this and the others wait. `say` gets a sentence before long work.
    """
    with _reported():
        connection.ensure_connection()
    with database_lock(say):
        with _reported():
            call_command("migrate", interactive=False, verbosity=0)
        with before_serving():
            call_command("load_starter", say=say, leaves_rest=True)
        return make_first_administrator()


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except (DatabaseError, ImproperlyConfigured) as error:
        raise CommandError(f"The database cannot be used: {' '.join(str(error).split())}") from error


def collect_static_files(say: Callable[[str], object]) -> None:
    """Collect the static files unless none changed, by content: packages often give all files the same date."""
    mark = Path(settings.DATA_DIR) / "static-fingerprint"
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for path, storage in (entry for finder in get_finders() for entry in finder.list([])):
        with storage.open(path) as file:
            digest.update(f"\0{path}\0".encode() + hashlib.file_digest(file, "sha256").digest())
    fingerprint = digest.hexdigest()
    if Path(settings.STATIC_ROOT).is_dir() and mark.is_file() and mark.read_text() == fingerprint:
        return
    say("Collecting the static files.")
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(fingerprint)


def make_first_administrator() -> str | None:
    """Create the first superuser unless there is one; return its password, else None."""
    users = cast(UserManager, get_user_model()._default_manager)
    if users.filter(is_superuser=True).exists() or users.filter(username=ADMINISTRATOR).exists():
        return None
    password = get_random_string(PASSWORD_LENGTH)
    users.create_superuser(username=ADMINISTRATOR, password=password)
    return password

"""What comes before the server: a free port, a migrated database, content, static files, an administrator."""

import hashlib
import socket
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection
from django.utils.crypto import get_random_string

PASSWORD_LENGTH = 20  # letters and digits, about 119 bits
ADMINISTRATOR = "admin"


class CannotStart(Exception):
    """Why the site cannot be served: one sentence for whoever tried to start it."""


def check_address(host: str, port: int):
    """Raise CannotStart unless a server could listen there. The server's processes share their port with each other,
    and so would share it with another program's."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        raise CannotStart(f"Nothing can listen on HOST {host}, PORT {port}: {error.strerror}.") from error


def prepare_database(say):
    """Bring the tables up to date, and fill them if they are new. `say` gets a sentence before the content comes."""
    try:
        connection.ensure_connection()
        call_command("migrate", interactive=False, verbosity=0)
    except IntegrityError as error:
        raise CannotStart("Another start is preparing this database: try again when it is done.") from error
    except (DatabaseError, ImproperlyConfigured) as error:
        raise CannotStart(f"The database cannot be used: {' '.join(str(error).split())}") from error
    call_command("load_starter", only_new=True, say=say)


def collect_static_files(say):
    """Bring the static files to where they are served from, unless none has changed since that was last done."""
    mark = Path(settings.DATA_DIR) / "static-fingerprint"
    fingerprint = static_fingerprint()
    if Path(settings.STATIC_ROOT).is_dir() and mark.is_file() and mark.read_text() == fingerprint:
        return
    say("Collecting the static files.")
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(fingerprint)


def static_fingerprint() -> str:
    """Return a hash of all static files. Packages often give all files the same date, so it reads their contents."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as file:
                digest.update(f"\0{path}\0".encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def make_first_administrator() -> str | None:
    """Make the account that all others are made with, if nobody may do that yet; return its password, else None."""
    users = get_user_model()._default_manager
    if users.filter(is_superuser=True).exists() or users.filter(username=ADMINISTRATOR).exists():
        return None
    password = get_random_string(PASSWORD_LENGTH)
    users.create_superuser(username=ADMINISTRATOR, password=password)
    return password

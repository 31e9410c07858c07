"""What comes before the server: a free port, a migrated database, content, static files, an administrator."""

import errno
import fcntl
import hashlib
import socket
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.crypto import get_random_string

from publishing.registry import publishable_models

PASSWORD_LENGTH = 20  # letters and digits, about 119 bits
ADMINISTRATOR = "admin"


class CannotStart(Exception):
    """Why the site cannot be served: one sentence for whoever tried to start it."""


def check_address(host: str, port: int):
    """Raise CannotStart unless a server could listen there. It must be asked before the start, since the server's
    processes share their port with each other, and so would share it with the server of somebody else."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CannotStart(f"HOST {host} is no address of this machine.") from error
    try:
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        raise CannotStart(address_problem(error, host, port)) from error


def address_problem(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is taken by another program: stop that, or choose another port with PORT."
        case errno.EACCES:
            return f"Port {port} needs rights that this account lacks: choose one above 1023 with PORT."
        case errno.EADDRNOTAVAIL:
            return f"HOST {host} is no address of this machine."
        case _:
            return f"Nothing can be served on {host}, port {port}: {error.strerror}."


@contextmanager
def alone():
    """Let one start at a time prepare what lies in DATA_DIR; the next waits."""
    with (Path(settings.DATA_DIR) / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare_database(say):
    """Bring the tables up to date, and fill them if they are new. `say` gets a sentence before the content comes."""
    try:
        connection.ensure_connection()
        call_command("migrate", interactive=False, verbosity=0)
    except IntegrityError as error:
        raise CannotStart("Another start is preparing this database: try again when it is done.") from error
    except (DatabaseError, ImproperlyConfigured) as error:
        reason = " ".join(str(error).split())
        raise CannotStart(f"The database cannot be used: {reason}") from error
    if is_new_site():
        say("Loading the starter content.")
        # One transaction: half of the content would not look like a new site at the next start, and stay half.
        with transaction.atomic():
            call_command("load_starter", verbosity=0)


def is_new_site() -> bool:
    """Whether nobody has used this database: no record, not even a draft or one in the trash, and no account."""
    models = [get_user_model(), *publishable_models()]
    return not any(model._base_manager.exists() for model in models)


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
    """A hash over the names and contents of all static files, and how they are stored. Packages often give all their
    files the same date, so dates would not show an upgrade."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"\0{getattr(storage, 'prefix', None) or ''}\0{path}\0".encode())
            with storage.open(path) as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def make_first_administrator() -> str | None:
    """Make the account that all others are made with, if nobody may do that yet; return its password, else None."""
    users = get_user_model()._default_manager
    if users.filter(is_superuser=True).exists() or users.filter(username=ADMINISTRATOR).exists():
        return None
    password = get_random_string(PASSWORD_LENGTH)
    users.create_superuser(username=ADMINISTRATOR, password=password)
    return password

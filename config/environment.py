"""Parse environment variables. Each function raises ImproperlyConfigured with a sentence for an unusable value."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

# Addresses to listen on that cannot be used in links.
PLACEHOLDER_HOSTS = {"0.0.0.0", "::"}  # nosec B104
# No names of the public DNS: RFC 2606, 6761, 6762 and 8375, `.internal` of ICANN, and `.lan` of home routers.
PRIVATE_NAMES = ("example", "invalid", "test", "localhost", "local", "lan", "internal", "home.arpa")
KEY_FILE = "secret-key"


@contextmanager
def reported(sentence: str) -> Iterator[None]:
    """Raise ImproperlyConfigured with the sentence, and the reason of an OSError, for any error about a value."""
    try:
        yield
    except (ValueError, LookupError, OSError, ValidationError) as error:
        reason = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
        raise ImproperlyConfigured(f"{sentence}{reason}.") from error


def demand(is_good):
    if not is_good:
        raise ValueError


def parts_of(address: str, *schemes: str) -> SplitResult:
    """Return the parts of an address with a host. Raises ValueError."""
    parts = urlsplit(address)
    demand(parts.scheme in schemes and parts.hostname and parts.port != 0)
    return parts


def data_folder(value: str, default: Path) -> Path:
    """Return the path of the folder for run-time files, whether or not it exists."""
    return Path(value).expanduser().resolve() if value else default


def data_dir(value: str, default: Path) -> Path:
    """Return the folder for run-time files; it is created if missing."""
    path = data_folder(value, default)
    with reported(f"DATA_DIR {path} cannot be used"):
        # Only for the owner, because it contains the database and the secret key.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "media").mkdir(exist_ok=True)
        demand(os.access(path, os.W_OK | os.X_OK))
    return path


def backup_dir(value: str, data_dir: Path) -> Path:
    """Return the folder for backups, which must not be public."""
    path = Path(value).expanduser().resolve() if value else data_dir / "backups"
    with reported(f"BACKUP_DIR {path} is in the folder of uploads, which is public"):
        demand(not path.is_relative_to(data_dir / "media"))
    return path


def secret_key(value: str, folder: Path) -> str:
    """Return the secret key: the given one, or else one stored in `folder`, which is created at the first start.

    Two processes that start at once use the same key, because only one of them can link its file to the name.
    """
    if value:
        return value
    path = folder / KEY_FILE
    if not path.exists():
        draft = folder / f"secret-key.{os.getpid()}.{secrets.token_hex(4)}"
        with reported(f"DATA_DIR {folder} cannot be used"):
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
            with suppress(FileExistsError):  # another process was first; its key is read below
                os.link(draft, path)
            draft.unlink()
    with reported(f"The secret key in {path} is damaged: delete the file, and everybody signs in again"):
        key = path.read_text(encoding="ascii").strip()
        demand(len(key) >= 50)
    return key


def site_url(value: str, host: str, port: int) -> str:
    """Return the public URL without a trailing slash; by default it is derived from host and port."""
    if not value:
        name = "localhost" if host in PLACEHOLDER_HOSTS else host
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
    with reported(f"SITE_URL is {value!r}, not an address such as https://www.example.com"):
        parts = parts_of(value, "http", "https")
        demand("@" not in parts.netloc and not (parts.path.strip("/") or parts.query or parts.fragment))
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_public(address: str) -> bool:
    """Return whether people elsewhere can open this URL: not the machine itself, and not a private network."""
    name = (urlsplit(address).hostname or "").removesuffix(".")
    try:
        return ip_address(name).is_global
    except ValueError:
        return "." in name and not f".{name}".endswith(tuple(f".{private}" for private in PRIVATE_NAMES))


def time_zone(value: str) -> str:
    with reported(f"TIME_ZONE is {value!r}, not a name such as Europe/London"):
        return ZoneInfo(value).key


def networks(name: str, values: list[str]) -> list:
    """Return the networks in the setting `name`, each such as 10.0.0.0/8 or a single address."""
    with reported(f"{name} lists something that is no network address such as 10.0.0.0/8"):
        return [ip_network(value.strip(), strict=False) for value in values if value.strip()]


def https_addresses(name: str, values: list[str]) -> list[str]:
    """Return the URLs in the setting `name`."""
    addresses = [value.strip() for value in values if value.strip()]
    for value in addresses:
        with reported(f"{name} lists {value!r}, not an address such as https://example.com/data.json"):
            parts_of(value, "https")
    return addresses


def is_database(database: Mapping) -> bool:
    """Return whether a parsed DATABASE_URL is a supported database that is not in memory."""
    engine, name = database.get("ENGINE", ""), str(database.get("NAME") or "")
    return engine in {"django.db.backends.sqlite3", "django.db.backends.postgresql"} and name not in {"", ":memory:"}


def cache_url(value: str) -> str:
    """Return the URL of a Redis server, or ""."""
    if value and not value.startswith("unix:///"):
        with reported("CACHE_URL is not a Redis address such as redis://127.0.0.1:6379/0"):
            parts = parts_of(value, "redis", "rediss")
            demand(parts.path in {"", "/"} or parts.path[1:].isdigit())
    return value


def mail_server(address: str) -> dict:
    """Return mailer options for smtp://user:password@host:587?tls=1 or smtps://…. No error repeats the password."""
    with reported(
        "EMAIL_URL is not a mail server such as smtp://user:password@mail.example.com:587?tls=1 or "
        "smtps://user:password@mail.example.com. Write special characters of the password as %40"
    ):
        parts = parts_of(address, "smtp", "smtps")
        query = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
        tls, is_secure = query.pop("tls", ["0"]), parts.scheme == "smtps"
        demand(parts.path in {"", "/"} and not parts.fragment and not query)
        demand(tls in (["0"], ["1"]) and not (is_secure and tls == ["1"]))
    return {
        "host": parts.hostname,
        "port": parts.port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": tls == ["1"],
        "use_ssl": is_secure,
        "timeout": 20,
    }


def mail_from(value: str, server: str) -> str:
    """Return the sender of mails, which must be valid if there is a mail server."""
    if not value and not server:
        return "nobody@localhost"
    with reported(f"MAIL_FROM is {value!r}, not the address that mails of this site come from, as website@example.com"):
        validate_email(parseaddr(value)[1])
        demand(value.isprintable())
    return value


def metrics_token(value: str) -> str:
    """Return the token for /metrics, which is sent in a header."""
    with reported("METRICS_TOKEN is not a word of 16 letters and digits or more, without spaces"):
        demand(not value or (len(value) >= 16 and value.isascii() and value.isprintable() and " " not in value))
    return value

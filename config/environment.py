"""Parsing of environment variables for the settings: data folder, secret key, addresses, mail server."""

import os
import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

# Addresses to listen on that cannot be used in links.
PLACEHOLDER_HOSTS = {"0.0.0.0", "::"}  # nosec B104


def data_dir(value: str, default: Path) -> Path:
    """Return the folder for run-time files; it is created if missing. Raises ImproperlyConfigured if that fails."""
    path = Path(value).expanduser().resolve() if value else default
    try:
        # Only for the owner, because it contains the database and the secret key.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "media").mkdir(exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {path} cannot be used: {error.strerror}.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"DATA_DIR {path} cannot be used: it is not writable.")
    return path


def backup_dir(value: str, data_dir: Path) -> Path:
    """Return the folder for backups. Raises ImproperlyConfigured if its files would be public."""
    path = Path(value).expanduser().resolve() if value else data_dir / "backups"
    if path.is_relative_to(data_dir / "media"):
        raise ImproperlyConfigured(f"BACKUP_DIR {path} lies in the folder of uploads, which the whole world may read.")
    return path


def secret_key(value: str, folder: Path) -> str:
    """Return the secret key: the given one, or else one stored in `folder`, which is created at the first start.

    Two processes that start at once use the same key, because only one of them can link its file to the name.
    """
    if value:
        return value
    path = folder / "secret-key"
    if not path.exists():
        draft = folder / f"secret-key.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # another process was first; its key is read below
            finally:
                draft.unlink()
        except OSError as error:
            raise ImproperlyConfigured(f"DATA_DIR {folder} cannot be used: {error.strerror}.") from error
    damaged = f"The secret key in {path} is damaged: delete the file, and everybody signs in again."
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(damaged) from error
    if len(key) < 50:
        raise ImproperlyConfigured(damaged)
    return key


def site_url(value: str, host: str, port: int) -> str:
    """Return the public URL without a trailing slash; by default it is derived from host and port."""
    if not value:
        name = "localhost" if host in PLACEHOLDER_HOSTS else host
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:  # unbalanced brackets, or an invalid port
        is_address = False
    if not is_address or "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"SITE_URL is {value!r}, not an address such as https://www.example.com.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def time_zone(value: str) -> str:
    """Return the name of a time zone. Raises ImproperlyConfigured if it does not exist."""
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(f"TIME_ZONE is {value!r}, not a name such as Europe/London.") from error


def networks(name: str, values: list[str]) -> list:
    """Return the networks in the setting `name`, each such as 10.0.0.0/8 or a single address."""
    try:
        return [ip_network(value.strip(), strict=False) for value in values if value.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} lists something that is no network address: {error}.") from error


def https_addresses(name: str, values: list[str]) -> list[str]:
    """Return the URLs in the setting `name`. Raises ImproperlyConfigured unless all are https."""
    found = [value.strip() for value in values if value.strip()]
    for value in found:
        try:
            is_good = value.startswith("https://") and bool(urlsplit(value).hostname)
        except ValueError:
            is_good = False
        if not is_good:
            raise ImproperlyConfigured(f"{name} lists {value!r}, not an address such as https://example.com/data.json.")
    return found


def is_database(database: Mapping) -> bool:
    """Return whether a parsed DATABASE_URL is a supported database that is not in memory."""
    engine, name = database.get("ENGINE", ""), str(database.get("NAME") or "")
    return engine in {"django.db.backends.sqlite3", "django.db.backends.postgresql"} and name not in {"", ":memory:"}


def is_cache(address: str) -> bool:
    """Return whether `address` is a Redis URL such as redis://host:6379/0."""
    try:
        parts = urlsplit(address)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if parts.scheme == "unix":
        return bool(parts.path)
    is_number = parts.path in {"", "/"} or parts.path[1:].isdigit()
    return parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and has_port and is_number


def mail_server(address: str) -> dict:
    """Return the options of Django's SMTP mailer for smtp://user:password@host:587?tls=1, or smtps://….

    Raises ImproperlyConfigured without repeating the address, which may contain a password.
    """
    try:
        parts = urlsplit(address)
        port, query = parts.port, parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        parts, port, query = urlsplit(""), None, {}
    tls = query.pop("tls", ["0"])
    is_secure = parts.scheme == "smtps"
    is_address = parts.scheme in {"smtp", "smtps"} and parts.hostname and port != 0 and parts.path in {"", "/"}
    if not is_address or parts.fragment or query or tls not in (["0"], ["1"]) or (is_secure and tls == ["1"]):
        raise ImproperlyConfigured(
            "EMAIL_URL is not a mail server such as smtp://user:password@mail.example.com:587?tls=1 or "
            "smtps://user:password@mail.example.com. Write special letters of the password as %40."
        )
    return {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": tls == ["1"],
        "use_ssl": is_secure,
        "timeout": 20,
    }


def mail_from(value: str, server: str) -> str:
    """Return the sender of mails. Raises ImproperlyConfigured if there is a mail server but no valid sender."""
    if not value and not server:
        return "nobody@localhost"
    try:
        validate_email(parseaddr(value)[1])
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"MAIL_FROM is {value!r}, not the address that mails of this site come from, as website@example.com."
        ) from error
    if not value.isprintable():
        raise ImproperlyConfigured("MAIL_FROM is not in one line.")
    return value


def metrics_token(value: str) -> str:
    """Return the token for /metrics. Raises ImproperlyConfigured if it is too short or cannot be sent in a header."""
    if value and (len(value) < 16 or not value.isascii() or not value.isprintable() or " " in value):
        raise ImproperlyConfigured("METRICS_TOKEN is not a word of 16 letters and digits or more, without spaces.")
    return value

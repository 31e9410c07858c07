"""Log formats: one event per line, as text or JSON (LOG_FORMAT), with the request id and without secrets.

User input cannot start a new line or send control sequences to a terminal.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
CONTINUED = "\n  | "  # before each further line of a traceback: no event begins like this


class Formatter(logging.Formatter):
    """The base of both formats."""

    def parts(self, record: logging.LogRecord) -> dict:
        parts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if number := request_id.get():
            parts["request_id"] = number
        if record.exc_info and record.exc_info[0]:
            parts["error"] = record.exc_info[0].__name__
            parts["traceback"] = redacted(self.formatException(record.exc_info))
        elif record.stack_info:
            parts["traceback"] = redacted(self.formatStack(record.stack_info))
        return parts


class TextFormatter(Formatter):
    def format(self, record: logging.LogRecord) -> str:
        parts = self.parts(record)
        number = f" [{parts['request_id']}]" if "request_id" in parts else ""
        line = escaped(f"{parts['time']} {parts['level']} {parts['logger']}{number}: {parts['message']}")
        lines = parts.get("traceback", "").split("\n")
        return CONTINUED.join([line, *map(escaped, filter(None, lines))])


class JSONFormatter(Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # ASCII only: some programs treat separators such as U+2028 as line ends.
        return json.dumps(self.parts(record))


def formatter() -> Formatter:
    """Return the formatter for LOG_FORMAT. The server's own log uses it too: config/granian-log.json."""
    return JSONFormatter() if settings.LOG_FORMAT == "json" else TextFormatter()


class ThreadsFilter(logging.Filter):
    """Drops the server's advice to have fewer threads: nearly all of them wait (docs/adr/015-threads-and-turns.md)."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Configuration allows spawning up to")


def escaped(text: str) -> str:
    """Return `text` in one line, with invisible characters escaped: line ends, control and direction characters."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


# Secrets are known by their values in the settings, and by typical patterns.

GONE = "[redacted]"
SHORTEST = 6  # a shorter value would match inside ordinary words

_HEADERS = "(?:proxy-)?authorization|(?:set-)?cookie"
_NAMES = (
    r"pass(?:word|wd|phrase)\d?|secret(?:[_-]?key)?|token|form_session|api[_-]?key|private[_-]?key|"
    r"session(?:[_-]?(?:id|key|data))?|csrf(?:middlewaretoken)?|"
    r"sig(?:nature)?|(?:email|database|cache)_url"
)
_VALUE = r"""\([^)]{,1000}\)|"[^"]*"|'[^']*'|[^\s,;&)\]}"']+"""
_PATTERNS = [
    # Whole headers, with any scheme or cookies.
    (re.compile(rf"""\b({_HEADERS})(["']?\s*[:=]\s*["']?)[^\r\n"']+""", re.I), rf"\1\2{GONE}"),
    (re.compile(r"\b(Bearer|Basic|Api-Key)\s+[\w.~+/=-]{8,}", re.I), rf"\1 {GONE}"),
    # A URL with credentials.
    (re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://)[^\s/\"']*@", re.I), rf"\1{GONE}@"),
    # Values with a secret-sounding name, in forms, query strings, JSON, and database messages about a row.
    (re.compile(rf"""((?:\b|_|-)(?:{_NAMES})["')\]]*\s*[=:]\s*)(?:{_VALUE})""", re.I), rf"\1{GONE}"),
    # URLs that grant access: share links, calendars, and those that set a password.
    (re.compile(r"(/preview/)[^\s/?\"']+"), rf"\1{GONE}"),
    (re.compile(r"(/calendar/)[^\s/\"']+(?=\.ics)"), rf"\1{GONE}"),
    (re.compile(r"(/new-password/[^\s/?\"']+/)[^\s/?\"']+"), rf"\1{GONE}"),
    # An API key, a password hash.
    (re.compile(r"\b[a-zA-Z0-9]{8}\.[a-zA-Z0-9]{32}\b"), GONE),
    (re.compile(r"\b(?:pbkdf2_\w+|scrypt|argon2\w*|bcrypt\w*)\$[^\s\"']+"), GONE),
]


def redacted(text: str) -> str:
    """Return `text` with the secrets in it replaced."""
    addresses = settings.DATABASE_URL, settings.CACHE_URL, settings.EMAIL_URL
    secrets = _pattern_of(settings.SECRET_KEY, settings.METRICS_TOKEN, *map(_password, addresses))
    if secrets:
        text = secrets.sub(GONE, text)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


@lru_cache(maxsize=16)
def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""


@lru_cache(maxsize=16)
def _pattern_of(*values: str) -> re.Pattern | None:
    written = {way(value) for value in values for way in (str, unquote, lambda value: quote(unquote(value), safe=""))}
    alternatives = sorted((re.escape(value) for value in written if len(value) >= SHORTEST), key=len, reverse=True)
    return re.compile("|".join(alternatives)) if alternatives else None

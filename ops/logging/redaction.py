"""Remove secrets from log lines: by their values, known from the settings, and by typical patterns."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

GONE = "[redacted]"
SHORTEST = 6  # a shorter value would match inside ordinary words

_HEADERS = "(?:proxy-)?authorization|(?:set-)?cookie"
_NAMES = (
    r"pass(?:word|wd|phrase)\d?|secret(?:[_-]?key)?|token|form_session|api[_-]?key|private[_-]?key|"
    r"session(?:[_-]?(?:id|key|data))?|csrf(?:middlewaretoken)?|"
    r"sig(?:nature)?|(?:email|database|cache)_url"
)
_VALUE = r"""\([^)]*\)|"[^"]*"|'[^']*'|[^\s,;&)\]}"']+"""
_PATTERNS = [
    # Whole headers, with any scheme or cookies.
    (re.compile(rf"""\b({_HEADERS})(["']?\s*[:=]\s*["']?)[^\r\n"']+""", re.I), rf"\1\2{GONE}"),
    (re.compile(r"\b(Bearer|Basic|Api-Key)\s+[\w.~+/=-]{8,}", re.I), rf"\1 {GONE}"),
    # A URL with credentials.
    (re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://)[^\s/\"']*@", re.I), rf"\1{GONE}@"),
    # Values with a secret-sounding name, in forms, query strings, JSON, and database messages about a row.
    (re.compile(rf"""((?:\b|_|-)(?:{_NAMES})["')\]]*\s*[=:]\s*)(?:{_VALUE})""", re.I), rf"\1{GONE}"),
    # URLs that grant access: share links, and those that set a password.
    (re.compile(r"(/preview/)[^\s/?\"']+"), rf"\1{GONE}"),
    (re.compile(r"(/new-password/[^\s/?\"']+/)[^\s/?\"']+"), rf"\1{GONE}"),
    # An API key, a password hash.
    (re.compile(r"\b[a-zA-Z0-9]{8}\.[a-zA-Z0-9]{32}\b"), GONE),
    (re.compile(r"\b(?:pbkdf2_\w+|scrypt|argon2\w*|bcrypt\w*)\$[^\s\"']+"), GONE),
]


def redacted(text: str) -> str:
    """Return `text` with the secrets in it replaced."""
    known = _known(settings.SECRET_KEY, settings.METRICS_TOKEN, *map(_password, _addresses()))
    if known:
        text = known.sub(GONE, text)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def _addresses() -> tuple[str, ...]:
    return settings.DATABASE_URL, settings.CACHE_URL, settings.EMAIL_URL


@lru_cache(maxsize=16)
def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""


@lru_cache(maxsize=16)
def _known(*values: str) -> re.Pattern | None:
    written = {way(value) for value in values for way in (str, unquote, lambda value: quote(unquote(value), safe=""))}
    found = sorted((re.escape(value) for value in written if len(value) >= SHORTEST), key=len, reverse=True)
    return re.compile("|".join(found)) if found else None

"""Tell people from programs by the headers of one request. docs/operations.md states these rules for everyone.

Programs that declare themselves are found by their User-Agent. Those that claim to be a browser are compared with what
this browser sends on its own, which few of them imitate completely.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from crawleruseragents import is_crawler
from django.conf import settings
from django.http import parse_cookie

MOST_LETTERS = 600  # browsers inside other apps use up to 450
TEXT_BROWSERS = ("Lynx/", "w3m/", "Links (", "ELinks", "Dillo/", "NetSurf/", "URL/Emacs", "Emacs-w3m/")
ENGINES = ("Mozilla/", "Opera/", *TEXT_BROWSERS)  # how the User-Agent of a browser begins
ENGINE = re.compile(r"^(?:Mozilla|Opera)/.*(?:AppleWebKit/|Gecko/|like Gecko|KHTML|Trident/|MSIE |Presto/)")
# For programs that no list knows yet. Telephones of one vendor are called CUBOT.
DECLARED = re.compile(
    r"compatible;(?! MSIE| Konqueror)|https?:|(?<!cu)bot\b|crawl|spider|scrap[eiy]|headless|lighthouse", re.IGNORECASE
)
# Browsers that say for each request what it is for (Sec-Fetch-Mode), over secure connections: with the first version
# that does. Views inside other apps on Android may change headers.
CHROMIUM = re.compile(r"\bChrome/(\d+)")
EMBEDDED = re.compile(r"; wv\)|Version/4\.0 Chrome/")
FIREFOX = re.compile(rf"\brv:\d.{{,{MOST_LETTERS}}} Firefox/(\d+)")
SAFARI = re.compile(rf"\bMac OS X\b.{{,{MOST_LETTERS}}} Version/(\d+\.\d+)\S* (?:Mobile/\w+ )?Safari/")
FIRST_CHROMIUM, FIRST_FIREFOX, FIRST_SAFARI = 80, 90, 16.4
ADDRESS = urlsplit(settings.SITE_URL)
IS_SECURE = ADDRESS.scheme == "https" or ADDRESS.hostname in {"localhost", "127.0.0.1", "::1"}
SENT = ("USER_AGENT", "ACCEPT", "ACCEPT_LANGUAGE", "SEC_FETCH_MODE", "SEC_FETCH_DEST", "SEC_CH_UA")
# A request with one of these fetches a page ahead or a part of it, or is by an agent that declares itself (RFC 9421).
UNSENT = ("RANGE", "SEC_PURPOSE", "PURPOSE", "X_PURPOSE", "X_MOZ", "FROM", "SIGNATURE_AGENT", "SIGNATURE_INPUT")
HEADERS = tuple(f"HTTP_{name}" for name in (*SENT, *UNSENT))  # all that is read here, besides the cookie


class Browser(NamedTuple):
    """A browser by its User-Agent. `brand` is what its Sec-CH-UA has, if it sends one."""

    is_for_text: bool
    brand: str
    sends_metadata: bool


def is_by_a_reader(environ: Mapping[str, Any]) -> bool:
    """Return whether the browser of a person who is not signed in seems to have requested a page."""
    return may_be_by_a_reader(environ) and sends_like_a_browser(*map(environ.get, HEADERS))


def may_be_by_a_reader(environ: Mapping[str, Any]) -> bool:
    """Return whether that is possible by all but HEADERS."""
    cookies = environ.get("HTTP_COOKIE")
    is_signed_in = cookies and settings.SESSION_COOKIE_NAME in parse_cookie(cookies)
    return environ.get("REQUEST_METHOD") == "GET" and not is_signed_in


@lru_cache(maxsize=4096)
def sends_like_a_browser(
    agent: str | None,
    accept: str | None,
    language: str | None,
    mode: str | None,
    dest: str | None,
    brands: str | None,
    *unsent: str | None,
) -> bool:
    """Return whether these HEADERS (None if absent) are those that a browser sends for a page."""
    browser = browser_of(agent or "")
    if browser is None or mode not in {None, "navigate"} or dest not in {None, "document"} or any(unsent):
        return False
    if browser.is_for_text:
        return True
    if "text/html" not in (accept or "") or not language:
        return False
    if mode is None and browser.sends_metadata and IS_SECURE:
        return False
    return not brands or (browser.brand in brands and "Headless" not in brands)


@lru_cache(maxsize=1024)
def browser_of(agent: str) -> Browser | None:
    """Return the browser that a User-Agent names, None for anything else."""
    if not agent.startswith(ENGINES) or len(agent) > MOST_LETTERS:
        return None
    is_for_text = agent.startswith(TEXT_BROWSERS)
    if not (is_for_text or (ENGINE.search(agent) and not DECLARED.search(agent))) or is_crawler(agent):
        return None
    chromium, firefox, safari = (pattern.search(agent) for pattern in (CHROMIUM, FIREFOX, SAFARI))
    if chromium:
        sends_metadata = int(chromium[1]) >= FIRST_CHROMIUM and not EMBEDDED.search(agent)
    else:
        sends_metadata = bool(
            (firefox and int(firefox[1]) >= FIRST_FIREFOX) or (safari and float(safari[1]) >= FIRST_SAFARI)
        )
    return Browser(is_for_text, f'"Chromium";v="{chromium[1]}"' if chromium else "no brands", sends_metadata)

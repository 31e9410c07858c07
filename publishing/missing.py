"""Notes which addresses readers ask for in vain.

The answer waits for nothing: what was asked is counted in this process and written by a thread of its own some seconds
later, so that a database that is busy or away costs a reader nothing. A process that is killed loses those seconds.
Who asked is known only here, for an hour, so that one reader counts once and nobody fills the list alone; it is written
nowhere.
"""

import logging
import re
import threading
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection

from publishing.client_address import client_address, network_of
from publishing.models import MissingAddress
from publishing.models.missing_address import MAX_LENGTH

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 10
MOST_PENDING = 200
# Of one network in an hour; and of how many networks that is remembered. Whoever comes after those waits for the next.
MOST_PER_NETWORK, MOST_NETWORKS = 20, 5_000
HOUR_SECONDS = 3600

PROGRAMS = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|scan|curl|wget|python|java/|libwww|headless|http-?client|okhttp|axios|node|"
    r"monitor|uptime|preview|facebookexternalhit|feed|fetch|lighthouse|\+?https?://",
    re.IGNORECASE,
)
# What only a program looks for that tries all sites for holes, or a browser by itself.
PROBES = re.compile(
    r"\.(?:php\d?|phtml|aspx?|jspx?|do|action|cgi|pl|sh|exe|dll|env|ini|conf(?:ig)?|ya?ml|toml|json|xml|txt|log|sql|db|"
    r"sqlite3?|bak|backup|old|orig|save|swp|zip|tar|t?gz|bz2|7z|rar|war|jar|pem|key|crt|map|js|css|ico|png|webmanifest)$"
    r"|/\.|\.\.|//|[\\<>'\"`|{}$;@*]"
    r"|/(?:wp|wordpress|xmlrpc|cgi-bin|phpmyadmin|pma|mysql|adminer|vendor|actuator|solr|jenkins|telescope|owa|ecp|"
    r"autodiscover|boaform|hnap1|console|debug|server-status|node_modules|backup|admin(?:istrator)?|\w*login)"
    r"(?:[-/._]|$)",
    re.IGNORECASE,
)
# What is there for programs and for pages, not for readers.
ELSEWHERE = ("/api/", "/static/", "/media/", "/drawings/", "/share/", "/preview/")

_lock = threading.Lock()
_pending: dict[str, list] = {}  # path: how many readers, and the page that led the last of them
_asked_by: dict[str, set[str]] = {}  # network: what was asked from there in this hour
_hour = 0
_writer: threading.Thread | None = None


def note(request):
    """Take note that nothing was found for `request`, if a reader made it. Asks no database."""
    global _hour, _writer
    path = request.path_info
    if not is_by_a_reader(request):
        return
    came_from = page_that_led(request)
    network = network_of(client_address(request))
    hour = int(time.time() // HOUR_SECONDS)
    with _lock:
        if hour != _hour:
            _hour = hour
            _asked_by.clear()
        if network not in _asked_by and len(_asked_by) >= MOST_NETWORKS:
            return
        asked = _asked_by.setdefault(network, set())
        if path in asked or len(asked) >= MOST_PER_NETWORK or (path not in _pending and len(_pending) >= MOST_PENDING):
            return
        asked.add(path)
        entry = _pending.setdefault(path, [0, ""])
        entry[0] += 1
        entry[1] = came_from or entry[1]
        if _writer is None:
            _writer = threading.Thread(target=_write_later, name="missing addresses", daemon=True)
            _writer.start()


def is_by_a_reader(request) -> bool:
    """Whether a person seems to have asked for a page: not a program, not a browser for itself, not an editor."""
    path, headers = request.path_info, request.headers
    agent = headers.get("User-Agent", "")
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and agent.startswith("Mozilla/")
        and not PROGRAMS.search(agent)
        and headers.get("Sec-Fetch-Dest", "document") == "document"
        and "prefetch" not in headers.get("Sec-Purpose", "")
        and len(path) <= MAX_LENGTH
        and path.isprintable()
        and not path.startswith(ELSEWHERE)
        and not PROBES.search(path)
    )


def page_that_led(request) -> str:
    """Return where the link stands, by what the browser says: a path of this site, or an address elsewhere, without
    query and name; "" where it does not say, or what cannot be told from a name."""
    try:
        parts = urlsplit(request.headers.get("Referer", "")[: 4 * MAX_LENGTH])
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    netloc = f"{host}:{port}" if port else host
    is_own = netloc in {request.get_host().lower(), urlsplit(settings.SITE_URL).netloc.lower()}
    path = "" if "@" in parts.path or "%40" in parts.path else parts.path
    address = path or "/" if is_own else f"{parts.scheme}://{netloc}{path}"
    return address[:MAX_LENGTH] if address.isprintable() else ""


def _write_later():
    global _writer
    time.sleep(PAUSE_SECONDS)
    with _lock:
        _writer = None
    try:
        write()
    finally:
        connection.close()


def write():
    """Write what was counted. What a database cannot take now is given up: it is no more than a hint."""
    with _lock:
        asked = {path: (readers, came_from) for path, (readers, came_from) in _pending.items()}
        _pending.clear()
    if asked:
        try:
            MissingAddress.objects.add(asked)
        except DatabaseError:
            logger.warning("Addresses that lead nowhere could not be noted.", exc_info=True)

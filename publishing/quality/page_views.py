"""Count the views of pages in this process, and have a thread write the sums, so that no request waits for a database.

Requests are only noted, since cached pages are served in microseconds, and judged many at a time. A crash loses the
views of the last 20 seconds. Clients are told apart by a hash of network, User-Agent and language
(SipHash with the key of the process) and of random bytes that exist only in memory and change each day. A client that
turns out to be a program, by its number of pages or the addresses that it tries, is no longer counted, and its views of
the day are taken back.
"""

import atexit
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from ops.db.background_writer import BackgroundWriter
from ops.http.client_ip import address_in, network_of
from ops.http.reader import HEADERS, browser_of, may_be_by_a_reader, sends_like_a_browser
from publishing.content.page_view import MAX_LENGTH, OTHER, SEARCH_PATH, PageView, View
from publishing.quality.misses import PROBES, in_one_spelling

logger = logging.getLogger(__name__)
NOT_PAGES = ("/api/v1/", "/catalog/suggest/", "/search/suggest/", "/partners/", "/preview/", f"/{settings.ADMIN_PATH}")
# A client is a program from so many pages a day on, of which most name no page with a link to them as people's do, or
# pages within ten minutes, or missing pages a day. A probe for a weakness counts as several missing pages.
MOST_UNLINKED, MOST_AT_ONCE, MOST_MISSING, WINDOW_SECONDS = 80, 200, 10, 600
PROBE_WEIGHT = 5
MOST_CLIENTS = 10_000  # remembered at a time
MOST_NOTED = 1_000  # kinds of requests, before they are counted
MOST_PROGRAMS = 1_000  # User-Agents that are not looked at again
OWN_HOSTS = frozenset([urlsplit(settings.SITE_URL).hostname, *settings.ALLOWED_HOSTS])
IS_DOMAIN = DomainNameValidator()  # not a network address


@dataclass(slots=True)
class Client:
    """What one client did today; `counted` are its views, None for a program."""

    pages: int = 0
    unlinked: int = 0
    missing: int = 0
    in_window: int = 0
    window_ends_at: float = 0.0
    counted: Counter[View] | None = field(default_factory=Counter)

    @property
    def is_program(self) -> bool:
        is_list = self.pages > MOST_UNLINKED and self.unlinked > self.pages * 2 / 3
        return is_list or self.in_window > MOST_AT_ONCE or self.missing >= MOST_MISSING


class ViewCounter(BackgroundWriter):
    pause_seconds = 20

    def __init__(self):
        super().__init__()
        self.noted: dict[tuple, list] = {}  # of like requests: the HEADERS of the first, then the status of each
        self.programs: set[str | None] = {None}  # values of User-Agent
        self.pending: Counter[View] = Counter()
        self.clients: dict[int, Client] = {}
        self.begins_at = self.ends_at = 0.0  # of `today`, in seconds since 1970

    def note(self, environ: Mapping[str, Any], status: str) -> None:
        """Note a request by GET without a session that was answered with `status`. No queries.

        This is called for each cached page. It only compares, in calls that are written out, since a loop would take
        a quarter longer. Requests with the same `key` are judged by the HEADERS of the first of them.
        """
        get = environ.get
        agent = get("HTTP_USER_AGENT")
        if agent in self.programs:
            return
        path, query, referrer = environ["PATH_INFO"], get("QUERY_STRING"), get("HTTP_REFERER")
        address, hops = get("REMOTE_ADDR"), get("HTTP_X_FORWARDED_FOR")
        key = path, query, referrer, address, hops, agent, get("HTTP_SEC_FETCH_DEST"), get("HTTP_SEC_PURPOSE")
        try:
            self.noted[key].append(status)
        except KeyError:
            self.noted.setdefault(key, [tuple(map(environ.get, HEADERS))]).append(status)
            if self.writer is None:
                with self.lock:
                    self._write_soon()
            if len(self.noted) >= MOST_NOTED:
                self.count()

    def count(self) -> None:
        """Count what was noted, like requests at once."""
        with self.lock:
            noted, self.noted = self.noted, {}
            for key, (headers, *answers) in noted.items():
                for status, number in Counter(answers).items():
                    self._count(number, status, *key[:5], *headers)

    def _count(self, number: int, status: str, path: str, query: str, referrer: str, address: str, hops: str, *headers):
        agent, _, language, *_ = headers
        if not sends_like_a_browser(*headers):
            if browser_of(agent) is None and len(self.programs) < MOST_PROGRAMS:
                self.programs.add(agent)
            return
        is_view = status.startswith(("200", "304")) and path.endswith("/") and not path.startswith(NOT_PAGES)
        if not is_view and not status.startswith("404"):
            return
        now = time.time()
        if not self.begins_at <= now < self.ends_at:
            start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
            self.today, self.salt = start.date(), secrets.token_bytes(32)
            self.begins_at, self.ends_at = start.timestamp(), (start + timedelta(days=1)).timestamp()
            self.clients.clear()
        client = self._client(network_of(address_in(address, hops)), agent, language)
        if client.counted is None:
            return
        if is_view:
            if now >= client.window_ends_at:
                client.window_ends_at, client.in_window = now + WINDOW_SECONDS, 0
            client.in_window += number
            client.pages += number
            client.unlinked += 0 if referrer else number
            view = self.today, path, *_source(path, query, referrer)
            client.counted[view] += number
            self.pending[view] += number
        else:
            client.missing += number * (PROBE_WEIGHT if PROBES.search(path) else 1)
        if client.is_program:
            self.pending.subtract(client.counted)
            client.counted = None

    def write(self) -> None:
        """Write the pending views. If the database refuses, they wait for the next time."""
        self.count()
        with self.lock:
            taken, self.pending = self.pending, Counter()
        try:
            if counts := {view: number for view, number in taken.items() if number}:
                PageView.objects.add(counts)
        except (DatabaseError, InterfaceError):
            with self.lock:
                self.pending.update(taken)
            logger.warning("Views could not be written; they are kept for the next time.", exc_info=True)

    def _client(self, *seen: str) -> Client:
        key = hash((self.salt, *seen))
        client = self.clients.get(key)
        if client is None:
            if len(self.clients) >= MOST_CLIENTS:
                del self.clients[next(iter(self.clients))]
            client = self.clients[key] = Client()
        return client


def _source(path: str, query: str, referrer: str | None) -> tuple[str, str]:
    """Return the host that links to the page, and the search here that led to it or that it answers."""
    if path == SEARCH_PATH and query:
        return "", _term_in(query)
    return _source_named(referrer[:1000]) if referrer else ("", "")


@lru_cache(maxsize=256)
def _source_named(referrer: str) -> tuple[str, str]:
    try:
        parts = urlsplit(referrer)
        if parts.hostname in OWN_HOSTS:
            return "", _term_in(parts.query) if parts.path == SEARCH_PATH else ""
        host = (parts.hostname or "").removeprefix("www.")
        IS_DOMAIN(host[: MAX_LENGTH + 1])
    except (ValueError, ValidationError):
        return OTHER, ""
    return host if len(host) <= MAX_LENGTH else OTHER, ""


def _term_in(query: str) -> str:
    """Return the words searched for, if they may be stored. Further pages and one kind of results are no new search."""
    values = parse_qs(query[:1000])
    return in_one_spelling(values["q"][0]) if values.keys() == {"q"} else ""


views = ViewCounter()
atexit.register(views.write)


def with_view_count(application: Callable) -> Callable:
    """Return a WSGI application that counts the views served by `application`, which is behind the page cache."""

    def counting_application(environ, start_response):
        if not may_be_by_a_reader(environ):
            return application(environ, start_response)

        def start(status, headers, *exception):
            views.note(environ, status)
            return start_response(status, headers, *exception)

        return application(environ, start)

    return counting_application

"""Count the views of pages in this process, and have a thread write the sums, so that no request waits for a database.

Requests are noted as they are, since cached pages are served in microseconds, and counted many at a time. A crash loses
the views of the last PAUSE_SECONDS. Clients are told apart by a hash of network, User-Agent and language
(SipHash with the key of the process) and of random bytes that exist only in memory and change each day. A client that
turns out to be a program, by its number of pages or the addresses that it tries, is no longer counted, and its views of
the day are taken back.
"""

import atexit
import logging
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from ops.http.client_ip import address_in, network_of
from ops.http.reader import is_by_a_reader
from publishing.content.page_view import MAX_LENGTH, OTHER, SEARCH_PATH, PageView, View
from publishing.quality.misses import PROBES, in_one_spelling

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 20
NOT_PAGES = ("/api/v1/", "/catalog/suggest/", "/search/suggest/", "/partners/", "/preview/", f"/{settings.ADMIN_PATH}")
# A client is a program from so many pages a day on, of which most name no page with a link to them as people's do, or
# pages within ten minutes, or missing pages a day. A probe for a weakness counts as several missing pages.
MOST_UNLINKED, MOST_AT_ONCE, MOST_MISSING, WINDOW_SECONDS = 80, 200, 10, 600
PROBE_WEIGHT = 5
MOST_CLIENTS = 10_000  # remembered at a time
MOST_NOTED = 1_000  # requests, before they are counted
SITE_HOST = urlsplit(settings.SITE_URL).hostname
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


class Noted(NamedTuple):
    """What is counted of a request: `is_view`, or for a missing page."""

    is_view: bool
    path: str
    query: str
    referrer: str
    host: str
    agent: str
    language: str
    address: str
    forwarded_for: str


class ViewCounter:
    def __init__(self):
        self.noted: deque[tuple] = deque()
        self.lock = threading.Lock()
        self.pending: Counter[View] = Counter()
        self.clients: dict[int, Client] = {}
        self.begins_at = self.ends_at = 0.0  # of `today`, in seconds since 1970
        self.writer: threading.Thread | None = None

    def note(self, environ: Mapping[str, Any], status: str) -> None:
        """Note a request by a reader that was answered with `status`: a view, or a missing page. No queries."""
        path, get = environ["PATH_INFO"], environ.get
        is_view = status.startswith(("200", "304")) and path.endswith("/") and not path.startswith(NOT_PAGES)
        if not is_view and not status.startswith("404"):
            return
        query, referrer, host = get("QUERY_STRING", ""), get("HTTP_REFERER", ""), get("HTTP_HOST", "")
        agent, language = get("HTTP_USER_AGENT", ""), get("HTTP_ACCEPT_LANGUAGE", "")
        address, hops = get("REMOTE_ADDR", ""), get("HTTP_X_FORWARDED_FOR", "")
        # As a tuple that is as long as `Noted`: making that would take as long as all the rest.
        self.noted.append((is_view, path, query, referrer, host, agent, language, address, hops))
        if self.writer is None or len(self.noted) >= MOST_NOTED:
            self.count()

    def count(self) -> None:
        """Count what was noted, like requests at once."""
        with self.lock:
            noted = Counter(self.noted.popleft() for _ in range(len(self.noted)))
            for entry, number in noted.items():
                self._count(Noted(*entry), number)
            if self.writer is None and self.pending:
                self.writer = threading.Thread(target=self._write_later, name="page views", daemon=True)
                self.writer.start()

    def _count(self, noted: Noted, number: int):
        now = time.time()
        if not self.begins_at <= now < self.ends_at:
            self._begin_day()
        client = self._client(noted)
        if client.counted is None:
            return
        if noted.is_view:
            if now >= client.window_ends_at:
                client.window_ends_at, client.in_window = now + WINDOW_SECONDS, 0
            client.in_window += number
            client.pages += number
            client.unlinked += 0 if noted.referrer else number
            view = self.today, noted.path, *_source(noted)
            client.counted[view] += number
            self.pending[view] += number
        else:
            client.missing += number * (PROBE_WEIGHT if PROBES.search(noted.path) else 1)
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

    def _begin_day(self):
        start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        self.today, self.salt = start.date(), secrets.token_bytes(32)
        self.begins_at, self.ends_at = start.timestamp(), (start + timedelta(days=1)).timestamp()
        self.clients.clear()

    def _client(self, noted: Noted) -> Client:
        address = address_in({"REMOTE_ADDR": noted.address, "HTTP_X_FORWARDED_FOR": noted.forwarded_for})
        key = hash((self.salt, network_of(address), noted.agent, noted.language))
        client = self.clients.get(key)
        if client is None:
            if len(self.clients) >= MOST_CLIENTS:
                del self.clients[next(iter(self.clients))]
            client = self.clients[key] = Client()
        return client

    def _write_later(self):
        time.sleep(PAUSE_SECONDS)
        with self.lock:
            self.writer = None
        try:
            self.write()
        finally:
            connection.close()


def _source(noted: Noted) -> tuple[str, str]:
    """Return the host that links to the page, and the search here that led to it or that it answers."""
    if noted.path == SEARCH_PATH and noted.query:
        return "", _term_in(noted.query)
    return _source_named(noted.referrer[:1000], noted.host.lower()) if noted.referrer else ("", "")


@lru_cache(maxsize=256)
def _source_named(referrer: str, own_host: str) -> tuple[str, str]:
    try:
        parts = urlsplit(referrer)
        host = (parts.hostname or "").removeprefix("www.")
        if parts.netloc.lower() == own_host or parts.hostname == SITE_HOST:
            return "", _term_in(parts.query) if parts.path == SEARCH_PATH else ""
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
    """Return a WSGI application that counts the views of pages that `application` serves."""

    def counting_application(environ, start_response):
        if not is_by_a_reader(environ):
            return application(environ, start_response)

        def start(status, headers, *exception):
            views.note(environ, status)
            return start_response(status, headers, *exception)

        return application(environ, start)

    return counting_application

"""The page cache, a WSGI application in front of Django's."""

import io
import re
import time
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.handlers.wsgi import get_path_info
from django.db import DatabaseError, connection
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve

from ops.http import reader
from ops.http.middleware import request_id
from ops.limits.turns import page_turn
from ops.metrics.requests import PAGE_CACHE
from ops.page_cache.content_version import content_version
from ops.page_cache.decorator import render_page
from ops.page_cache.expiry import DEAF_SECONDS, LIFE_SECONDS, next_moment
from ops.page_cache.listener import Listener
from ops.page_cache.page import NOT_MODIFIED, CachedResponse, Headers
from ops.page_cache.store import store

ATTEMPTS = 3  # to make a page without a write in between
AGAIN_SECONDS = 5  # before a page that could not be made again is retried
MOST_PARAMETERS = 4
# The part of a request that a page is made from. Client, headers and referrer are for counting missing pages.
PASSED = (
    *("PATH_INFO", "QUERY_STRING", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR"),
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID"),
    *(*reader.HEADERS, "HTTP_REFERER"),
)
SITE_HOST = re.sub(r"^https?://", "", settings.SITE_URL)


class PageCache:
    """Serve pages that views mark as cacheable from `store`, and pass all other requests on.

    `note` is called with environ and status of each page that is served by GET.
    """

    def __init__(self, django, passed_on=None, note=lambda environ, status: None):
        self.django, self.passed_on, self.note = django, passed_on or django, note
        self.session = re.compile(rf"(?:^|;)\s*{re.escape(settings.SESSION_COOKIE_NAME)}\s*=")
        self.wants_https = settings.SECURE_SSL_REDIRECT  # reading the setting for each request would be too slow
        self.is_host = lru_cache(maxsize=256)(_is_host)
        self.listener = None
        # A killed process may have written something without raising the version.
        content_version.increase()
        if connection.vendor == "postgresql":
            self.listener = Listener()
            self.listener.start()

    def __call__(self, environ, start_response):
        """Serve from the cache, unless a header makes the response personal or depends on more than a page can check.

        Nearly all requests take this path, so it is written out: a few more calls, or a loop over those headers, would
        cost a tenth of the time of a cached page.
        """
        method = environ["REQUEST_METHOD"]
        if (
            method in {"GET", "HEAD"}
            and self.is_host(environ.get("HTTP_HOST", ""))
            and not ("HTTP_COOKIE" in environ and self.session.search(environ["HTTP_COOKIE"]))
            and not ("HTTP_AUTHORIZATION" in environ or "HTTP_IF_MATCH" in environ)
            and not ("HTTP_IF_UNMODIFIED_SINCE" in environ or "HTTP_TRANSFER_ENCODING" in environ)
            and not ("CONTENT_LENGTH" in environ and environ["CONTENT_LENGTH"] not in {"", "0"})
            and not environ.get("SCRIPT_NAME")
            and not (self.wants_https and not _is_secure(environ))
        ):
            key = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
            page, cache_result = self._current_page(key), "hit"
            if page is None and method == "GET" and content_version.current() is not None and _may_be_kept(environ):
                with page_turn():
                    page = self._current_page(key)  # made by another thread meanwhile
                    if page is None:
                        page, cache_result = self._rendered_page(key, environ), "miss"
            if page is not None:
                if PAGE_CACHE in environ:
                    environ[PAGE_CACHE] = cache_result
                if method == "GET":
                    self.note(environ, page.status)
                return _answer(key, page, environ, start_response)
        return self.passed_on(environ, start_response)

    @property
    def _life(self) -> int:
        return LIFE_SECONDS if self.listener is None or self.listener.hears else DEAF_SECONDS

    def _current_page(self, key) -> CachedResponse | None:
        """Return the current page if it is cached."""
        page = store.get(key, content_version.current())
        if page is None:
            return None
        now = time.time()
        return page if now < page.ends_at and now - page.rendered_at < self._life else None

    def _rendered_page(self, key, environ) -> CachedResponse:
        """Return the page made anew, and cache it if there was no write meanwhile.

        After a write during rendering the page may be half old and half new, and must not be shown to the writer.
        """
        for _ in range(ATTEMPTS):
            number = content_version.current()
            page, is_current = render_page(lambda: self._response_of_django(environ, number))  # noqa: B023 (called at once)
            if page.is_error and number is not None:
                return self._last(key, number) or page
            if not (page.may_be_kept and is_current):
                return page
            if number is not None and content_version.current() == number:
                if page.ends_at > time.time():
                    page.content_version = number
                    store.put(key, page)
                return page
        return page

    def _last(self, key, number: int) -> CachedResponse | None:
        """Return the last cached page if none can be made now. No known change has happened since it was made."""
        page, now = store.get(key, number), time.time()
        if page is None or now >= page.ends_at:
            return None
        page.rendered_at = now - self._life + min(AGAIN_SECONDS, self._life)
        return page

    def _response_of_django(self, environ, number: int | None) -> CachedResponse:
        """Return Django's response to an anonymous version of the request."""
        request = {name: environ[name] for name in PASSED if name in environ}
        request |= {name: value for name, value in environ.items() if name.startswith("wsgi.")}
        request |= {"REQUEST_METHOD": "GET", "HTTP_HOST": SITE_HOST, "wsgi.input": io.BytesIO()}
        started: list[tuple[str, Headers]] = []
        now = time.time()
        response = self.django(request, lambda status, headers, _=None: started.append((status, headers)))
        try:
            page = CachedResponse(*started[0], b"".join(response), now)
            if number is not None and page.may_be_kept:
                with suppress(DatabaseError):  # it is not cached then
                    page.ends_at = next_moment(number, now)
            return page
        finally:
            response.close()


def _answer(key, page: CachedResponse, environ, start_response):
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    variant = page.in_encoding(accepted) if accepted else page.plain
    if variant is None:
        variant, grown = page.compressed(accepted)
        store.grow(key, page, grown)
    request_id_header = ("X-Request-ID", request_id(environ.get("HTTP_X_REQUEST_ID")))
    if_none_match = environ.get("HTTP_IF_NONE_MATCH")
    if if_none_match and page.is_ok and variant.is_known_by(if_none_match):
        start_response(NOT_MODIFIED, [*variant.unchanged, request_id_header])
        return []
    start_response(page.status, [*variant.headers, request_id_header])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [variant.body]


def _may_be_kept(environ) -> bool:
    """Return whether the view is cacheable for this URL. A query in any other than its canonical form is not cached."""
    try:
        understands = getattr(resolve(get_path_info(environ)).func, "understands", None)
        if understands is None:
            return False
        query = environ.get("QUERY_STRING", "")
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_PARAMETERS)
    except (Resolver404, ValueError):
        return False
    return query == "&".join(f"{name}={value}" for name, value in pairs) and understands(pairs)


def _is_host(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _is_secure(environ) -> bool:
    """Return whether the request is secure, like Django's request does."""
    header, wanted = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    scheme = environ.get(header)
    return environ["wsgi.url_scheme"] == "https" if scheme is None else scheme.split(",", 1)[0].strip() == wanted

"""Counters of requests by kind, outcome and time. With METRICS_TOKEN they wrap everything, also the page cache.

A kind is the first part of a URL if the URLconf has it as a fixed word, else "other": there are no more kinds than
routes. All processes of a machine count together (PROMETHEUS_MULTIPROC_DIR, in the settings).
"""

import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.urls import get_resolver
from prometheus_client import Counter, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
PAGE_CACHE = "vitrine.page_cache"  # the WSGI environ key where ops.page_cache reports "hit" or "miss"
OTHER, HOME = "other", "home"
PAGES = Counter(
    "vitrine_page_cache_requests", "For pages that may be kept, by whether one was there.", ["found"], registry=None
)
REQUESTS = Counter(
    "vitrine_requests",
    "By the first part of the address and the class of the status.",
    ["kind", "outcome"],
    registry=None,
)
REFUSALS = Counter(
    "vitrine_quota_refusals", "API requests refused, since a quota was used up.", ["quota"], registry=None
)
for quota in ("address", "key"):
    REFUSALS.labels(quota)  # 0 from the start, so that the first refusal is seen as a rise
DURATIONS = Histogram(
    "vitrine_request_seconds",
    "Until an answer, or its first part, was ready to be sent.",
    ["kind"],
    registry=None,
    buckets=SECONDS,
)


@cache
def kinds() -> frozenset[str]:
    return frozenset({*_first_words(get_resolver()), settings.STATIC_URL.strip("/"), HOME, OTHER})


def _first_words(resolver):
    for entry in resolver.url_patterns:
        text = str(entry.pattern).lstrip("^")
        word = text.partition("/")[0]
        if not text and hasattr(entry, "url_patterns"):
            yield from _first_words(entry)
        elif word and word.replace("-", "").replace(".", "").isalnum():
            yield word


def note_refusal(quota: str) -> None:
    """Count a request refused by the quota "address" or "key"."""
    REFUSALS.labels(quota).inc()


def with_request_count(application: Callable) -> Callable:
    """Return a WSGI application that counts the responses of `application`."""

    def counting_application(environ, start_response):
        environ[PAGE_CACHE] = ""
        begun, answered = time.perf_counter(), 500

        def start(status, headers, *exception):
            nonlocal answered
            answered = int(status[:3])
            return start_response(status, headers, *exception)

        try:
            return application(environ, start)
        finally:
            # For a large file that is streamed: the time until its first part.
            note_request(environ["PATH_INFO"], answered, time.perf_counter() - begun, environ[PAGE_CACHE])

    return counting_application


def note_request(path: str, status: int, seconds: float, cache_result: str) -> None:
    """Count a request. `cache_result` is "hit" or "miss" of the page cache, "" if it was not involved."""
    word = path.lstrip("/").partition("/")[0]
    kind = word if word in kinds() else OTHER if word else HOME
    REQUESTS.labels(kind, f"{min(max(status // 100, 2), 5)}xx").inc()
    DURATIONS.labels(kind).observe(seconds)
    if cache_result:
        PAGES.labels(cache_result).inc()

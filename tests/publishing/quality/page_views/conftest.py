"""Views of pages served by the cache in front of Django, as on a server."""

import pytest
from django.http.request import HttpHeaders

from publishing.quality import misses
from publishing.quality import page_views as counting
from publishing.quality.page_views import ViewCounter, with_view_count
from tests.ops.page_cache.conftest import Answer, ask, cache, in_front_of, number, open_connection, store
from tests.readers import CHROME

__all__ = ["cache", "in_front_of", "number", "open_connection", "store"]


@pytest.fixture
def counter(monkeypatch):
    """A counter of the test's own, whose views only the test writes. Missing pages are not written."""
    own = ViewCounter()
    own.writer = "asleep"
    monkeypatch.setattr(counting, "views", own)
    for other in (misses.addresses, misses.searches):
        monkeypatch.setattr(other, "writer", "asleep")
    return own


@pytest.fixture
def visit(cache, counter):
    """A function that requests a page as a browser does."""
    cache.passed_on, cache.note = with_view_count(cache.passed_on), counter.note

    def visit(
        path: str, headers: dict = CHROME, address: str = "192.0.2.1", method: str = "GET", **more: str
    ) -> Answer:
        sent = HttpHeaders.to_wsgi_names(headers | {name.replace("_", "-"): value for name, value in more.items()})
        answer = ask(cache, path, method, REMOTE_ADDR=address, **sent)
        counter.count()
        return answer

    return visit

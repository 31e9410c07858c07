"""The page cache in front of Django, as on a server but without one."""

import io
from dataclasses import dataclass

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import clear_script_prefix

from ops.page_cache import wsgi as serving
from ops.page_cache.content_version import content_version
from ops.page_cache.listener import Listener
from ops.page_cache.store import PageStore
from ops.page_cache.wsgi import PageCache


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(autouse=True)
def open_connection():
    """Keep the connection open, as Django's test client does: the end of a request must not close the test's
    transaction.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def no_prefix_outlives_its_test():
    """Django keeps the SCRIPT_NAME of the last request for all later addresses of the thread."""
    yield
    clear_script_prefix()


@pytest.fixture
def number(settings, tmp_path):
    """The content version in the test's own file; call it for the current one."""
    settings.DATA_DIR = tmp_path
    content_version.looked_at = float("-inf")
    yield content_version.current
    content_version.looked_at = float("-inf")


@pytest.fixture
def store(monkeypatch):
    own = PageStore(8 * 1024 * 1024)
    monkeypatch.setattr(serving, "store", own)
    return own


@pytest.fixture
def in_front_of(number, store, monkeypatch):
    """A function that puts the cache in front of an application; no thread listens to the tests' database."""
    monkeypatch.setattr(Listener, "start", lambda listener: setattr(listener, "hears", True))
    return PageCache


@pytest.fixture
def cache(in_front_of):
    """The cache in front of Django, which counts the requests that reach Django in `asked`."""
    django = WSGIHandler()

    def counting(environ, start_response):
        site.asked.append(environ)
        return django(environ, start_response)

    site = in_front_of(counting)
    site.asked = []
    return site


def ask(application, path: str, method: str = "GET", **environ) -> Answer:
    """Return the response for a reader; `environ` has WSGI names such as HTTP_COOKIE."""
    path, _, query = path.partition("?")
    said = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        **environ,
    }
    response = application(environ, lambda status, headers, _=None: said.append((status, headers)))
    body = b"".join(response)
    if hasattr(response, "close"):
        response.close()
    status, headers = said[0]
    return Answer(int(status[:3]), {name.lower(): value for name, value in headers}, body)

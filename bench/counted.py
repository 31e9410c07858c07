"""The site with more addresses: /bench/pages lists its cached pages, /bench/0 and /bench/1 end and begin noting,
/bench/count counts what was noted."""

import io
import json

from bench.samples import samples
from config.wsgi import application as site
from ops.page_cache.store import store
from publishing.quality.page_views import views


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if not path.startswith("/bench/"):
        return site(environ, start_response)
    answer = pages(environ) if path == "/bench/pages" else {}
    if path == "/bench/count":
        views.count()
    else:
        site.note = views.note if path == "/bench/1" else lambda environ, status: None
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def pages(environ) -> dict[str, str]:
    """Return the address of a cached page for each URL pattern that has one."""
    path_by_view = {}
    for sample in samples():
        path, _, query = sample.path.partition("?")
        request_environ = environ | {"PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO()}
        b"".join(site(request_environ, lambda *started: None))
        if (path, query) in store.pages and path.endswith("/"):
            path_by_view.setdefault(sample.view, sample.path)
    return path_by_view

"""A script in a page of another site reads the API and its headers."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.catalog import factories
from tests.publishing.api.partners import issued

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FETCH = """async ([address, headers]) => {
    const response = await fetch(address, {headers});
    const names = ["etag", "link", "ratelimit", "x-request-id", "retry-after"];
    return [response.status, Object.fromEntries(names.map((name) => [name, response.headers.get(name)]))];
}"""


class BlankPage(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<link rel=icon href=data:,><h1>Elsewhere</h1>")

    def log_message(self, *arguments):
        pass


@pytest.fixture
def elsewhere():
    """The address of another site: Chromium lets only pages of this machine ask a server of this machine."""
    with HTTPServer(("127.0.0.1", 0), BlankPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_page_of_another_site_reads_the_api_with_and_without_a_key(page, live_server, settings, elsewhere):
    settings.API_QUOTA_ADDRESS, settings.API_QUOTA_KEY = 2, 100
    for number in range(3):
        factories.model(name=f"Model {number}")
    _, key = issued()
    page.goto(elsewhere)

    def fetched(**headers):
        return page.evaluate(FETCH, [f"{live_server.url}/api/v1/models/?limit=1", headers])

    status, headers = fetched()
    assert status == 200
    assert 'rel="next"' in headers["link"]
    assert headers["ratelimit"].startswith('"address";r=1')
    assert headers["x-request-id"]
    unchanged, _ = fetched(**{"If-None-Match": headers["etag"]})  # a preflight first, which costs nothing
    assert unchanged == 304
    assert fetched(Authorization=f"Bearer {key}")[1]["ratelimit"].startswith('"key";')
    assert fetched()[0] == 200
    assert page.evaluate(f"fetch('{live_server.url}/articles/feed.json').then(response => response.status)") == 200

import http.server
import socket
import ssl
import threading

import pytest
from django.db import transaction

from ops.http import fetch as fetching
from ops.http.fetch import Connection, FetchError, fetch, public_address

BODY = b'{"a": 1}'


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        answer = self.server.answers[self.path]
        self.send_response(answer.get("status", 200))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.get("body", b""))

    def log_message(self, *args):
        """Print no log."""


@pytest.fixture
def site(monkeypatch):
    """A local server in place of one on the web: plain HTTP, at a name that is allowed."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers = {"/data": {"body": BODY, "headers": {"Content-Length": str(len(BODY))}}}
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def connect(self):
        fetching.public_address(self.host, self.port) if self.host != "site.test" else None
        self.sock = socket.create_connection(("127.0.0.1", server.server_port), 5)

    monkeypatch.setattr(Connection, "connect", connect)
    yield server
    server.shutdown()
    server.server_close()


def test_what_is_at_an_address_is_fetched(site):
    assert fetch("https://site.test/data", most_bytes=100) == BODY


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://exa mple.com/",
        "https://example.com/\r\nHost: other",
        "https://exämple.com/",
        "https://[::1",
        "",
    ],
)
def test_only_https_addresses_are_fetched(url):
    with pytest.raises(FetchError, match="not an address"):
        fetch(url, most_bytes=100)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_no_address_that_is_not_public_is_fetched_from(host):
    with pytest.raises(FetchError, match=r"not a public address|no address"):
        public_address(host, 443)


def test_a_number_that_stands_for_this_machine_is_not_fetched_from():
    with pytest.raises(FetchError):
        fetch("https://2130706433/", most_bytes=100)


def test_of_a_name_with_a_public_and_a_private_address_nothing_is_fetched(monkeypatch):
    answers = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(FetchError, match=r"at 127\.0\.0\.1"):
        public_address("example.com", 443)


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    lookups, reached = [], []

    def look_up(host, *args, **kwargs):
        lookups.append(host)
        return [(0, 0, 0, "", ("93.184.216.34", 443))]

    def connect(address, timeout):
        reached.append(address)
        raise OSError("stop here")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FetchError, match=r"Could not reach example\.com\."):
        fetch("https://example.com/", most_bytes=100)
    assert (lookups, reached) == (["example.com"], [("93.184.216.34", 443)])


def test_certificates_are_checked():
    context = Connection("example.com", 443)._context
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_redirects_are_followed(site):
    site.answers["/old"] = {"status": 302, "headers": {"Location": "/data", "Content-Length": "0"}}
    assert fetch("https://site.test/old", most_bytes=100) == BODY


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://site.test/data", "not an address"),
        ("file:///etc/passwd", "not an address"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://169.254.169.254/latest", "not a public address"),
        ("/round", "redirected more than"),
    ],
)
def test_redirects_lead_nowhere_else(site, location, reason):
    site.answers["/round"] = {"status": 301, "headers": {"Location": location, "Content-Length": "0"}}
    with pytest.raises(FetchError, match=reason):
        fetch("https://site.test/round", most_bytes=100)


@pytest.mark.parametrize("headers", [{"Content-Length": "101"}, {}])
def test_what_is_too_large_is_not_read_whole(site, headers):
    site.answers["/large"] = {"body": b"x" * 101, "headers": headers}
    with pytest.raises(FetchError, match="larger than 100 bytes"):
        fetch("https://site.test/large", most_bytes=100)


def test_what_breaks_off_is_refused(site):
    site.answers["/cut"] = {"body": b"{", "headers": {"Content-Length": "8"}}
    with pytest.raises(FetchError, match=r"broke off|Could not reach site\.test\."):
        fetch("https://site.test/cut", most_bytes=100)


def test_what_takes_too_long_is_given_up(site, monkeypatch):
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", -1)
    with pytest.raises(FetchError, match="takes longer"):
        fetch("https://site.test/data", most_bytes=100)


def test_an_error_of_the_server_is_said(site):
    site.answers["/none"] = {"status": 404}
    with pytest.raises(FetchError, match="answers 404"):
        fetch("https://site.test/none", most_bytes=100)


def test_nothing_is_fetched_within_a_transaction(db, site):
    assert fetch("https://site.test/data", most_bytes=100) == BODY
    with transaction.atomic(), pytest.raises(FetchError, match="within a transaction"):
        fetch("https://site.test/data", most_bytes=100)

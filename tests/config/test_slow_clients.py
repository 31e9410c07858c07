"""Clients that read or send slowly hold no thread of the site, behind nginx and without it. Stage: test-whole."""

import http.client
import select
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from ops.http import request_body
from ops.http.file_responses import MOST_AT_ONCE, SMALL
from ops.management.commands.serve import BLOCKING_THREADS
from tests.config.proxy import Proxy
from tests.config.running import Site
from tests.waiting import wait_until

pytestmark = pytest.mark.whole
EXPORT, FORM = "/api/v1/export/", "application/x-www-form-urlencoded"
MANY = 2 * BLOCKING_THREADS


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("slow") / "var"


@pytest.fixture(scope="module")
def site(data_dir):
    with Site(data_dir, WORKERS=1, API_QUOTA_ADDRESS=0) as running:
        yield running


def make_export(site, data_dir, size: int):
    """Give the export a size: it is a file with a name that depends on the catalogue."""
    assert site.get(EXPORT).status == 200
    [path] = (data_dir / "exports").glob("*.ndjson")
    with path.open("r+b") as file:
        file.truncate(size)


def slow_reader(port: int, path: str) -> tuple[int, socket.socket]:
    """Return the status, and the connection, from which nothing more is read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return int(connection.recv(12).split()[1]), connection


def slow_sender(port: int, path: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 1000\r\n\r\nname="
    connection.sendall(head.encode())
    return connection


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def is_answering(port: int) -> bool:
    """Ask for pages and post forms, twice as often as there are threads."""
    pages = {ask(port, "GET", f"/faq/?x={number}").status for number in range(MANY)}
    sent = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
    posts = {ask(port, "POST", "/contact/", b"name=a", **sent).status for _ in range(MANY)}
    assert (pages, posts) == ({200}, {422})
    return True


def connections_to(port: int) -> int:
    """Return how many connections to `port` of this machine are open (proc_net_tcp(5))."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(remote.endswith(f":{port:04X}") and state == "01" for _, _, remote, state, *_ in rows)


def test_slow_readers_of_the_export_keep_nobody_from_it(site, data_dir):
    make_export(site, data_dir, 12_000_000)
    with ExitStack() as stack:
        for _ in range(MANY):
            status, connection = slow_reader(site.port, EXPORT)
            stack.enter_context(connection)
            assert status == 200
        assert len(site.get(EXPORT).body) == 12_000_000
        assert is_answering(site.port)


def test_head_is_answered_while_all_places_of_large_files_are_taken(site, data_dir):
    make_export(site, data_dir, SMALL + 1)
    with ExitStack() as stack:
        for expected in [200] * MOST_AT_ONCE + [503]:
            status, connection = slow_reader(site.port, EXPORT)
            stack.enter_context(connection)
            assert status == expected
        head = ask(site.port, "HEAD", EXPORT)
        assert (head.status, head.headers["Content-Length"]) == (200, str(SMALL + 1))
        assert is_answering(site.port)


def test_bodies_that_do_not_end_keep_nobody_from_reading(site):
    with ExitStack() as stack:
        senders = [stack.enter_context(slow_sender(site.port, "/contact/")) for _ in range(MANY)]
        for number in range(MANY):
            assert ask(site.port, "GET", f"/faq/?x={number}").status == 200
        wait_until(lambda: sum(map(is_answered, senders)) == MANY - request_body.MOST_AT_ONCE, 30)
        refused = [int(sender.recv(12).split()[1]) for sender in senders if is_answered(sender)]
        assert refused == [503] * (MANY - request_body.MOST_AT_ONCE)
    wait_until(lambda: is_answering(site.port))


def is_answered(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])


def test_nginx_reads_at_once_what_its_clients_read_slowly(site, data_dir, tmp_path):
    make_export(site, data_dir, SMALL + 1)  # of which the site sends one at a time, from a thread
    with Proxy(tmp_path, data_dir, site.port) as proxy, ExitStack() as stack:

        def is_sent() -> bool:
            status, connection = slow_reader(proxy.port, EXPORT)
            stack.enter_context(connection)
            return status == 200

        for _ in range(MOST_AT_ONCE + 2):
            wait_until(is_sent, 60)
        assert is_answering(proxy.port)


def test_nginx_passes_on_only_whole_requests(site, data_dir, tmp_path):
    before = connections_to(site.port)
    with Proxy(tmp_path, data_dir, site.port) as proxy, ExitStack() as stack:
        for path in ("/contact/", "/catalog/check/", "/api/v1/check/", "/admin/login/"):
            for _ in range(MANY // 4):
                stack.enter_context(slow_sender(proxy.port, path))
        assert connections_to(site.port) == before
        assert is_answering(proxy.port)

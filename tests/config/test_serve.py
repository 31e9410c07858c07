import http.cookiejar
import re
import signal
import socket
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.config.running import Site, descendants, free_port, manage, still_running

pytestmark = pytest.mark.whole

needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc to see child processes")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("serve") / "var"


@pytest.fixture(scope="module")
def first_start(data_dir):
    """The site at its very first start; it is stopped after the tests of this module."""
    with Site(data_dir) as site:
        yield site


@pytest.mark.parametrize(
    "path",
    ["/", "/articles/", "/catalog/", "/faq/", "/admin/login/", "/api/", "/api/v1/models/", "/healthz", "/readyz"],
)
def test_first_start_serves_each_part_of_the_site(first_start, path):
    assert first_start.status(path) == 200


def test_first_start_brings_content(first_start):
    assert b"gpt-4" in first_start.get("/api/v1/models/").body


def test_uploaded_files_are_served_at_once_and_nobody_guesses_their_type(first_start, data_dir):
    (data_dir / "media" / "uploaded.txt").write_text("<script>alert(1)</script>")
    response = first_start.get("/media/uploaded.txt")
    assert response.status == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"].startswith("text/plain")


def test_static_files_of_a_page_are_served_for_a_year(first_start):
    paths = re.findall(rb'href="(/static/[^"]+\.css)"', first_start.get("/").body)
    assert paths
    for path in paths:
        response = first_start.get(path.decode())
        assert response.status == 200
        assert "immutable" in response.headers["Cache-Control"]


def test_the_password_shown_opens_the_admin(first_start):
    user, password = re.search(r"user name (\S+), password (\S+)", first_start.said()).groups()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    address = f"http://127.0.0.1:{first_start.port}/admin/login/?next=/admin/"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.open(address).read().decode())[1]
    form = {"csrfmiddlewaretoken": token, "username": user, "password": password, "next": "/admin/"}
    page = browser.open(address, urllib.parse.urlencode(form).encode())
    assert page.url.endswith("/admin/")
    assert b"logout" in page.read()


def test_where_everything_is_gets_printed(first_start):
    for path in ("/", "/admin/", "/api/"):
        assert f"http://127.0.0.1:{first_start.port}{path}\n" in first_start.said()


@needs_proc
def test_supervisor_gives_the_memory_of_the_first_start_back_and_still_locks_the_data(first_start):
    process = Path(f"/proc/{first_start.process.pid}")
    (kilobytes,) = re.findall(r"^Pss: +(\d+) kB$", (process / "smaps_rollup").read_text(), re.MULTILINE)
    assert int(kilobytes) < 40_000
    assert "in-use.lock" in [path.readlink().name for path in (process / "fd").iterdir()]


@needs_proc
def test_second_start_does_nothing_twice_and_keeps_all_it_had(first_start, data_dir):
    (data_dir / "media" / "kept.txt").write_text("kept")
    first_start.stop()
    with Site(data_dir) as site:
        assert "password" not in site.said()
        assert "Loading" not in site.said()
        assert "Collecting" not in site.said()
        assert site.status("/media/kept.txt") == 200
        children = descendants(site.process.pid)
        assert len(children) >= 3  # the server, its worker process, the task worker
        assert site.stop(signal.SIGINT) == 0
        assert not still_running(children)
        assert "Traceback" not in site.said()


@needs_proc
def test_sigterm_ends_everything_while_a_connection_is_open(first_start, data_dir):
    first_start.stop()
    with Site(data_dir) as site, socket.create_connection(("127.0.0.1", site.port)) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(12) == b"HTTP/1.1 200"
        children = descendants(site.process.pid)
        assert site.stop(signal.SIGTERM) == 0
        assert not still_running(children)


@needs_proc
def test_nothing_outlives_a_killed_server_command(first_start, data_dir):
    first_start.stop()
    with Site(data_dir) as site:
        children = descendants(site.process.pid)
        site.stop(signal.SIGKILL)
        assert not still_running(children)


def fails_in_one_sentence(run) -> str:
    assert run.returncode == 1
    assert "Traceback" not in run.stdout + run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    return run.stderr


def test_taken_port_is_said_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = manage("serve", DATA_DIR=tmp_path, PORT=port)
    assert f"PORT {port}: Address already in use" in fails_in_one_sentence(run)


def test_foreign_address_is_said_in_one_sentence(tmp_path):
    run = manage("serve", DATA_DIR=tmp_path, PORT=free_port(), HOST="203.0.113.7")
    assert "HOST 203.0.113.7" in fails_in_one_sentence(run)


def test_database_that_does_not_answer_is_said_in_one_sentence(tmp_path):
    run = manage("serve", DATA_DIR=tmp_path, PORT=free_port(), DATABASE_URL=f"postgres://127.0.0.1:{free_port()}/none")
    assert "database cannot be used" in fails_in_one_sentence(run)


def test_data_dir_that_cannot_be_used_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        assert "DATA_DIR" in fails_in_one_sentence(manage("serve", DATA_DIR=path))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WORKERS", "0"),
        ("DEBUG", "perhaps"),
        ("SITE_URL", "www.example.com"),
        ("DATABASE_URL", "nonsense"),
        ("CACHE_URL", "memcached://127.0.0.1"),
    ],
)
def test_wrong_setting_is_said_in_one_sentence(tmp_path, name, value):
    assert name in fails_in_one_sentence(manage("serve", **{"DATA_DIR": tmp_path, name: value}))

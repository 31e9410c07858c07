"""Two machines serve one site from one PostgreSQL: a write at the first is visible at the second within a second.

Each has its own folder, so the content version in the file of one does not affect the other.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest

from bench.load.stage import content, in_project
from ops.page_cache.triggers import FUNCTION
from tests.config.gate import Gate
from tests.config.running import Site, manage
from tests.ops.page_cache.test_race import ARTICLE, VERSION, editor_of
from tests.ops.redis_server import RedisServer

pytestmark = [pytest.mark.whole, pytest.mark.only_on("postgresql")]
# Each request has its own connection, which the kernel gives to one of two processes: this many reach both.
MANY = 20
EDITS = 10


class Hosts:
    """Two sites that share a database and Redis; the second reaches its database through a gate that can be shut."""

    def __init__(self, first: Site, second: Site, gate: Gate, redis: RedisServer, settings: dict, made: dict):
        self.first, self.second, self.gate, self.redis = first, second, gate, redis
        self.settings, self.path = settings, made["article"]
        self.editor = editor_of(made, first.port)

    def shown(self, site: Site) -> int:
        """Return the version on the article's page, 0 if there is none."""
        answer = site.get(self.path)
        assert answer.status == 200
        return max(map(int, VERSION.findall(answer.body)), default=0)

    def settle(self):
        """Wait until both have the newest version in the cache of each process."""
        for site in (self.first, self.second):
            self.wait_until_shown(site, self.editor.number)

    def edit(self) -> float:
        """Save the article in the admin of the first; return the time of the acknowledgement."""
        assert self.editor.save().status == 302
        return time.monotonic()

    def wait_until_shown(self, site: Site, version: int, seconds: float = 30) -> float:
        """Request until MANY responses in a row have the version; return the time of the last request with an older
        one.
        """
        in_a_row, last_old, deadline = 0, 0.0, time.monotonic() + seconds
        while in_a_row < MANY:
            asked_at = time.monotonic()
            assert asked_at < deadline, f"Version {version} is not shown."
            if self.shown(site) == version:
                in_a_row += 1
            else:
                in_a_row, last_old = 0, asked_at
        return last_old

    def late_by(self) -> float:
        """Edit, check that the first has it at once, and return the seconds from the acknowledgement to the last
        request for which the second still had the old page.

        The result is negative if the second received the commit before the editor got a response.
        """
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(self.wait_until_shown, self.second, self.editor.number + 1)
            acknowledged_at = self.edit()
            assert {self.shown(self.first) for _ in range(MANY)} == {self.editor.number}
            last_old = waiting.result()
            assert last_old, "It was not asked before the edit."
            return last_old - acknowledged_at

    def say(self, sql: str):
        with psycopg.connect(self.settings["DATABASE_URL"], autocommit=True) as database:
            database.execute(sql)


@contextmanager
def gate_to(address: str):
    """Yield the gate, and the URL of the database through it."""
    parts = urlsplit(address)
    gate = Gate(parts.hostname, parts.port or 5432)
    gate.open()
    try:
        yield gate, parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{gate.port}").geturl()
    finally:
        gate.shut()


@pytest.fixture(scope="module")
def hosts(tmp_path_factory, database_for):
    folder, redis = tmp_path_factory.mktemp("hosts"), RedisServer()
    redis.start()
    try:
        settings = database_for(folder / "first") | {"CACHE_URL": redis.url, "WORKERS": 2}
        made = content(settings)
        made["article"] = in_project(ARTICLE, settings, str(made["articles"][0]))
        own = {name: value for name, value in settings.items() if name != "DATA_DIR"}
        with (
            gate_to(settings["DATABASE_URL"]) as (gate, by_gate),
            Site(folder / "first", **own) as first,
            Site(folder / "second", **own | {"DATABASE_URL": by_gate}) as second,
        ):
            yield Hosts(first, second, gate, redis, settings, made)
    finally:
        redis.stop()


def test_edit_is_seen_at_once_where_it_was_made_and_within_a_second_elsewhere(hosts):
    late = []
    for _ in range(EDITS):
        hosts.settle()
        late.append(hosts.late_by())
    print(f"\nThe second host was late by {sorted(round(seconds * 1000) for seconds in late)} ms")
    assert max(late) < 1


def test_edit_is_seen_elsewhere_without_redis(hosts):
    hosts.settle()
    hosts.redis.stop()
    try:
        assert hosts.late_by() < 1
        hosts.settle()
    finally:
        hosts.redis.start()
    assert hosts.late_by() < 1


@pytest.mark.parametrize("has_redis", [True, False])
def test_edit_is_seen_elsewhere_though_nobody_listened_when_it_was_made(hosts, has_redis):
    hosts.settle()
    if not has_redis:
        hosts.redis.stop()
    try:
        hosts.say(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'page cache'"
        )
        assert hosts.late_by() < 2
    finally:
        if not has_redis:
            hosts.redis.start()


def test_edit_is_seen_by_a_host_that_comes_back_to_its_database(hosts):
    hosts.settle()
    hosts.gate.shut()
    hosts.edit()
    assert hosts.shown(hosts.first) == hosts.editor.number
    # It continues to show the page that it had before.
    assert {hosts.shown(hosts.second) for _ in range(MANY)} == {hosts.editor.number - 1}
    hosts.gate.open()
    opened_at = time.monotonic()
    assert hosts.wait_until_shown(hosts.second, hosts.editor.number) - opened_at < 2
    assert hosts.late_by() < 1


def test_host_that_is_told_nothing_shows_the_old_page(hosts):
    hosts.settle()
    hosts.say(f"DROP FUNCTION {FUNCTION}() CASCADE")
    try:
        acknowledged_at = hosts.edit()
        assert {hosts.shown(hosts.first) for _ in range(MANY)} == {hosts.editor.number}
        while time.monotonic() < acknowledged_at + 2:
            assert {hosts.shown(hosts.second) for _ in range(MANY)} == {hosts.editor.number - 1}
    finally:
        assert manage("migrate", "--verbosity=0", **hosts.settings).returncode == 0

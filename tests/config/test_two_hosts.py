"""Hosts that start at the same moment on one empty database: one prepares it, and both come up."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ops.server.database_lock import WAITING
from tests.config.running import Site
from tests.upgrade.databases import empty_database

pytestmark = pytest.mark.whole


def test_two_hosts_that_start_together_both_come_up(tmp_path):
    with empty_database("two_hosts") as address, ThreadPoolExecutor(2) as pool:
        settings = {"DATABASE_URL": address or f"sqlite:///{tmp_path / 'shared.sqlite3'}", "SECRET_KEY": "shared"}
        starts = [pool.submit(Site, tmp_path / name, **settings) for name in ("first", "second")]
        first, second = (start.result() for start in starts)
        with first, second:
            for site in (first, second):
                assert [site.status(path) for path in ("/", "/catalog/", "/readyz")] == [200] * 3
            said = first.said() + second.said()
            for sentence in (WAITING, "Loading the starter content.", "The first account"):
                assert said.count(sentence) == 1
            assert "Traceback" not in said

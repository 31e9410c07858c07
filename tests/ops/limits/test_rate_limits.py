"""How often one address may do something: exactly, with each counter store and from any process."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ops.limits import counter_store
from ops.limits.rate_limits import once_a_day, within_limit
from tests.config.running import PROJECT, environment

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("frozen_clock")]

ONE_TRY = """
import django, sys
django.setup()
from ops.limits.rate_limits import within_limit
print([within_limit("resets", "192.0.2.1", 10) for _ in range(8)].count(True))
"""


@pytest.fixture(params=["file", "cache"] if os.environ.get("CACHE_URL") else ["file"])
def store(request, settings):
    settings.CACHE_URL = settings.CACHE_URL if request.param == "cache" else ""


def test_no_more_pass_than_may_however_many_try_at_once(store):
    passed, start = [], threading.Barrier(30)

    def try_it():
        start.wait()
        passed.append(within_limit("resets", "192.0.2.1", 10))

    threads = [threading.Thread(target=try_it) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(passed), passed.count(True)) == (30, 10)
    assert within_limit("resets", "192.0.2.2", 10)
    assert within_limit("enquiries", "192.0.2.1", 10)


def test_what_failed_may_be_tried_again_the_same_day(store):
    with pytest.raises(ZeroDivisionError), once_a_day("vote on 1", "192.0.2.1"):
        1 / 0  # noqa: B018
    for expected in (True, False, False):
        with once_a_day("vote on 1", "192.0.2.1") as is_first:
            assert is_first is expected


def test_who_failed_again_takes_nothing_from_who_was_first(store):
    with once_a_day("vote on 1", "192.0.2.1"):
        pass
    with pytest.raises(ZeroDivisionError), once_a_day("vote on 1", "192.0.2.1"):
        1 / 0  # noqa: B018
    with once_a_day("vote on 1", "192.0.2.1") as is_first:
        assert not is_first


def test_where_nobody_can_count_nobody_is_kept_out_and_the_log_says_so_once(monkeypatch, settings, tmp_path, caplog):
    settings.CACHE_URL = ""
    monkeypatch.setattr(counter_store, "FILE", str(tmp_path / "missing" / "counts.sqlite3"))
    assert [within_limit("resets", "192.0.2.1", 1) for _ in range(3)] == [True] * 3
    assert caplog.text.count("does not answer (SQLITE_CANTOPEN)") == 1
    (tmp_path / "missing").mkdir()
    counter_store.file_store.until = 0.1  # long ago
    assert [within_limit("resets", "192.0.2.1", 1) for _ in range(2)] == [True, False]
    assert "The file of counts answers again." in caplog.text


@pytest.mark.parametrize("content", [os.urandom(8_192), b"SQLite format 3\0" + bytes(4_080)])
def test_a_file_that_is_broken_is_begun_anew(settings, caplog, content):
    settings.CACHE_URL = ""
    assert within_limit("resets", "192.0.2.1", 1)
    Path(counter_store.FILE).write_bytes(content)
    assert [within_limit("resets", "192.0.2.1", 1) for _ in range(3)] == [True, False, False]
    assert caplog.text.count("was recreated") == 1


def test_readers_wait_once_for_a_file_that_is_held(settings, monkeypatch, caplog):
    settings.CACHE_URL = ""
    within_limit("resets", "192.0.2.1", 1)
    monkeypatch.setattr(counter_store, "TIMEOUT_SECONDS", 0.5)
    asked, row = [], counter_store.FileStore._row

    def row_asked_for(self, *given):
        asked.append(given)
        return row(self, *given)

    monkeypatch.setattr(counter_store.FileStore, "_row", row_asked_for)
    with closing(sqlite3.connect(counter_store.FILE, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert [within_limit("resets", "192.0.2.1", 1) for _ in range(5)] == [True] * 5
    assert len(asked) == 1
    assert "does not answer (SQLITE_BUSY)" in caplog.text


def test_what_is_over_is_forgotten_by_an_index(settings):
    settings.CACHE_URL = ""
    within_limit("resets", "192.0.2.1", 1)
    with closing(sqlite3.connect(counter_store.FILE)) as file:
        plan = str(file.execute("EXPLAIN QUERY PLAN DELETE FROM counts WHERE ends_at < 1").fetchall())
    assert "SEARCH counts USING" in plan


def test_processes_of_one_machine_count_together_without_a_cache(tmp_path):
    own = environment(DATA_DIR=tmp_path, DJANGO_SETTINGS_MODULE="config.settings")
    tries = [
        subprocess.Popen([sys.executable, "-c", ONE_TRY], cwd=PROJECT, env=own, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sum(int(process.communicate(timeout=60)[0]) for process in tries) == 10

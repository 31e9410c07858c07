import logging
import multiprocessing
import os
import stat

import pytest
import time_machine

from ops.page_cache.content_version import ContentVersion

pytestmark = pytest.mark.database


@pytest.fixture
def content_version(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return ContentVersion()


def raise_often(folder, times):
    from django.conf import settings  # noqa: PLC0415 - in a process of its own

    settings.DATA_DIR = folder
    own = ContentVersion()
    for _ in range(times):
        own.increase()


def test_number_stays_until_somebody_raises_it(content_version):
    before = content_version.current()
    assert content_version.current() == before
    content_version.increase()
    assert content_version.current() > before


def test_others_see_it_at_once(content_version):
    other = ContentVersion()
    before = other.current()
    content_version.increase()
    assert other.current() == content_version.current() > before


def test_no_raise_is_lost_between_processes(content_version, tmp_path):
    with time_machine.travel(0, tick=False):
        content_version.increase()
        before = content_version.current()
    # The file is far ahead of the clock, so the clock cannot hide a lost increase.
    content_version.path.write_bytes((2**62).to_bytes(8, "little"))
    content_version.looked_at = float("-inf")
    workers = [multiprocessing.get_context("fork").Process(target=raise_often, args=(tmp_path, 500)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert before < 2**62
    assert content_version.current() == 2**62 + 2_000


def test_number_rises_also_when_the_clock_goes_back(content_version):
    content_version.increase()
    before = content_version.current()
    with time_machine.travel("2020-01-01", tick=False):
        content_version.increase()
    assert content_version.current() == before + 1


def test_lost_file_is_noticed_and_brings_no_old_number(content_version):
    before = content_version.current()
    content_version.path.unlink()
    other = ContentVersion()
    other.increase()
    content_version.looked_at -= 2
    assert content_version.current() == other.current() > before


def test_raise_after_the_file_was_lost_is_seen_by_the_same_process_at_once(content_version):
    before = content_version.current()
    content_version.path.unlink()
    content_version.increase()
    assert content_version.current() > before


def test_damaged_file_is_made_anew(content_version):
    content_version.path.write_bytes(b"abc")
    assert content_version.current() > 0
    content_version.increase()
    assert content_version.path.stat().st_size == 8


def test_file_is_for_its_owner_alone(content_version):
    content_version.current()
    assert stat.S_IMODE(content_version.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("wreck", ["folder", "no folder"])
def test_without_a_file_nothing_may_be_kept_and_that_is_said_once(content_version, settings, tmp_path, caplog, wreck):
    if wreck == "folder":
        content_version.path.mkdir()
    else:
        settings.DATA_DIR = tmp_path / "missing"
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert content_version.current() is None
            content_version.increase()
            content_version.looked_at = float("-inf")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "No page can be kept" in caplog.text


def test_others_see_it_where_no_file_can_be_opened_any_more(content_version, monkeypatch):
    other = ContentVersion()
    before = other.current()
    assert content_version.current() == before
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", none_left)
        content_version.increase()
    assert other.current() == content_version.current() > before


def none_left(*args, **kwargs):
    raise OSError(24, "Too many open files")


def test_file_that_others_could_not_raise_is_not_used(content_version, monkeypatch):
    assert content_version.current()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(content_version, "_locked", read_only)
    content_version.looked_at -= 2
    assert content_version.current() is None


def read_only():
    raise OSError(30, "Read-only file system")

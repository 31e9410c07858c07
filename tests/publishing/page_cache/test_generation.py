import logging
import multiprocessing
import os
import stat

import pytest
import time_machine

from publishing.page_cache.generation import Generation

pytestmark = pytest.mark.database


@pytest.fixture
def generation(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return Generation()


def raise_often(folder, times):
    from django.conf import settings  # noqa: PLC0415 - in a process of its own

    settings.DATA_DIR = folder
    own = Generation()
    for _ in range(times):
        own.increase()


def test_number_stays_until_somebody_raises_it(generation):
    before = generation.current()
    assert generation.current() == before
    generation.increase()
    assert generation.current() > before


def test_others_see_it_at_once(generation):
    other = Generation()
    before = other.current()
    generation.increase()
    assert other.current() == generation.current() > before


def test_no_raise_is_lost_between_processes(generation, tmp_path):
    with time_machine.travel(0, tick=False):
        generation.increase()
        before = generation.current()
    # Numbers that the clock cannot help on: the file is far ahead of it.
    generation.path.write_bytes((2**62).to_bytes(8, "little"))
    generation.looked_at = float("-inf")
    workers = [multiprocessing.get_context("fork").Process(target=raise_often, args=(tmp_path, 500)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert before < 2**62
    assert generation.current() == 2**62 + 2_000


def test_number_rises_also_when_the_clock_goes_back(generation):
    generation.increase()
    before = generation.current()
    with time_machine.travel("2020-01-01", tick=False):
        generation.increase()
    assert generation.current() == before + 1


def test_lost_file_is_noticed_and_brings_no_old_number(generation):
    before = generation.current()
    generation.path.unlink()
    other = Generation()
    other.increase()
    generation.looked_at -= 2
    assert generation.current() == other.current() > before


def test_raise_after_the_file_was_lost_is_seen_by_the_same_process_at_once(generation):
    before = generation.current()
    generation.path.unlink()
    generation.increase()
    assert generation.current() > before


def test_damaged_file_is_made_anew(generation):
    generation.path.write_bytes(b"abc")
    assert generation.current() > 0
    generation.increase()
    assert generation.path.stat().st_size == 8


def test_file_is_for_its_owner_alone(generation):
    generation.current()
    assert stat.S_IMODE(generation.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("wreck", ["folder", "no folder"])
def test_without_a_file_nothing_may_be_kept_and_that_is_said_once(generation, settings, tmp_path, caplog, wreck):
    if wreck == "folder":
        generation.path.mkdir()
    else:
        settings.DATA_DIR = tmp_path / "missing"
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert generation.current() is None
            generation.increase()
            generation.looked_at = float("-inf")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "No page can be kept" in caplog.text


def test_others_see_it_where_no_file_can_be_opened_any_more(generation, monkeypatch):
    other = Generation()
    before = other.current()
    assert generation.current() == before
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", none_left)
        generation.increase()
    assert other.current() == generation.current() > before


def none_left(*args, **kwargs):
    raise OSError(24, "Too many open files")


def test_file_that_others_could_not_raise_is_not_used(generation, monkeypatch):
    assert generation.current()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(generation, "_locked", read_only)
    generation.looked_at -= 2
    assert generation.current() is None


def read_only():
    raise OSError(30, "Read-only file system")

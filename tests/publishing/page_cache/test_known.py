"""What many pages have in common is worked out once, and never shown when it is no more so."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publishing.page_cache import known
from publishing.page_cache.generation import generation
from publishing.page_cache.known import known_while_content_stays
from tests import factories

pytestmark = pytest.mark.database


@pytest.fixture
def committing(transactional_db, number):
    known._known.clear()
    return number


@pytest.fixture
def asked(number, monkeypatch):
    """A function whose results are known, which counts how often it was asked."""
    known._known.clear()
    monkeypatch.setattr(known, "next_moment", lambda number, since: time.time() + 300)
    monkeypatch.setattr(known, "_is_on_its_own", lambda: False)
    times = []

    @known_while_content_stays
    def count(*args):
        times.append(args)
        return len(times)

    count.times = times
    return count


def test_what_a_moment_overtakes_while_it_is_worked_out_is_not_kept(committing):
    with time_machine.travel("2026-11-25T10:00Z", tick=False) as clock:
        factories.article(publish_at=timezone.now() + timedelta(seconds=0.1))
        times = []

        @known_while_content_stays
        def slow():
            clock.shift(0.2)
            times.append(1)
            return len(times)

        assert [slow(), slow()] == [1, 2]


def test_each_number_and_each_question_is_asked_anew(asked):
    assert [asked(), asked(), asked("other"), asked("other")] == [1, 1, 2, 2]
    generation.increase()
    assert [asked(), asked("other")] == [3, 4]


def test_what_changed_while_it_was_worked_out_is_not_kept(asked, monkeypatch):
    @known_while_content_stays
    def slow():
        generation.increase()
        return asked()

    assert [slow(), slow()] == [1, 2]


def test_it_is_asked_again_after_a_second_and_under_a_clock_that_was_put_back(asked):
    with time_machine.travel("2026-05-01T12:00Z", tick=False) as clock:
        for seconds, count in ((0, 1), (0.9, 1), (0.2, 2), (-3, 3)):
            clock.shift(seconds)
            assert asked() == count


def test_while_one_asks_anew_the_others_have_what_was_so_a_moment_ago(asked):
    meanwhile = []

    @known_while_content_stays
    def slow():
        if asked.times:
            meanwhile.append(slow())
        return asked(len(asked.times))

    with time_machine.travel("2026-05-01T12:00Z", tick=False) as clock:
        assert slow() == 1
        clock.shift(1.1)
        assert slow() == 2
        assert meanwhile == [1]


def test_nothing_is_known_without_a_number_nor_with_debug(asked, settings, tmp_path):
    settings.DEBUG = True
    assert [asked(), asked()] == [1, 2]
    settings.DEBUG = False
    settings.DATA_DIR = tmp_path / "missing"
    generation.looked_at = float("-inf")
    assert [asked(), asked()] == [3, 4]

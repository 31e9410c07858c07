import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from ops.http.health import is_worker_alive
from ops.jobs import scheduler as due
from ops.models import DueJob

pytestmark = pytest.mark.database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def calls(monkeypatch):
    """Replace all jobs by the test's own. Returns the list to which they write when they run."""
    monkeypatch.setattr(due, "jobs", {})
    return []


def test_job_runs_at_once_and_then_when_its_interval_is_over(db, calls):
    @due.register_job(minutes=10)
    def job():
        calls.append(1)

    with time_machine.travel(NOON, tick=False) as clock:
        for minute, runs in [(0, 1), (0, 1), (9, 1), (10, 2), (11, 2), (45, 3), (54, 3), (55, 4)]:
            clock.move_to(NOON + minute * MINUTE)
            due.run_due_jobs()
            assert len(calls) == runs, f"after {minute} minutes"


def test_job_that_ran_well_has_its_moment_and_no_error(db, calls):
    due.register_job(minutes=1)(lambda: calls.append(1))
    with time_machine.travel(NOON, tick=False):
        assert due.run_due_jobs() == []
    row = DueJob.objects.get()
    assert (row.claimed_at, row.finished_at, row.error) == (NOON, NOON, "")


def test_job_that_fails_is_noted_and_keeps_no_other_from_running(db, calls, caplog):
    @due.register_job(minutes=1)
    def bad():
        raise ValueError("The cupboard is bare. " + "x" * 1000)

    @due.register_job(minutes=1)
    def good():
        calls.append(1)

    (failed,) = due.run_due_jobs()
    assert failed.endswith(".bad")
    assert calls == [1]
    assert DueJob.objects.get(name=failed).error.startswith("ValueError: The cupboard is bare.")
    assert "Traceback" in caplog.text


def test_error_is_forgotten_when_the_job_runs_well_again(db, calls):
    moods = [ValueError("once"), None]

    @due.register_job(minutes=1)
    def job():
        if mood := moods.pop(0):
            raise mood

    with time_machine.travel(NOON, tick=False) as clock:
        due.run_due_jobs()
        clock.shift(MINUTE)
        assert due.run_due_jobs() == []
    assert DueJob.objects.get().error == ""


def test_job_that_was_killed_runs_again_after_its_interval(db, calls):
    @due.register_job(minutes=5)
    def job():
        calls.append(1)

    with time_machine.travel(NOON, tick=False):
        DueJob.objects.create(name=f"{job.__module__}.{job.__name__}", claimed_at=NOON - 5 * MINUTE)
        due.run_due_jobs()
    assert calls == [1]


@pytest.mark.parametrize(("minutes_ahead", "runs"), [(0.5, 0), (2, 1), (400 * 24 * 60, 1)])
def test_claim_in_the_future_is_void_beyond_the_skew_of_clocks(db, calls, caplog, minutes_ahead, runs):
    due.register_job(minutes=5)(lambda: calls.append(1))
    (name,) = due.jobs
    with time_machine.travel(NOON, tick=False):
        DueJob.objects.create(name=name, claimed_at=NOON + minutes_ahead * MINUTE)
        due.run_due_jobs()
        due.run_due_jobs()
        assert len(calls) == runs
        assert ("the clock of a machine was wrong" in caplog.text) == bool(runs)
        if runs:
            assert DueJob.objects.get().claimed_at == NOON


def test_all_jobs_run_again_after_a_round_with_a_wrong_clock(db):
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        due.run_due_jobs()
    with time_machine.travel(NOON, tick=False):
        assert not is_worker_alive()
        due.run_due_jobs()
        assert is_worker_alive()
    assert set(DueJob.objects.filter(name__in=due.jobs).values_list("claimed_at", flat=True)) == {NOON}


def test_duration_of_the_last_run_is_stored(db, calls, monkeypatch):
    monkeypatch.setattr(due, "time", SimpleNamespace(perf_counter=iter([10, 13]).__next__))
    due.register_job(minutes=1)(lambda: None)
    due.run_due_jobs()
    assert DueJob.objects.get().seconds == 3


def test_command_says_which_job_failed(db, calls, settings, tmp_path):
    settings.DATA_DIR = tmp_path  # which it locks for the life of this process

    @due.register_job(minutes=1)
    def bad():
        raise ValueError

    with pytest.raises(CommandError, match="bad"):
        call_command("run_due")
    call_command("run_due")


@pytest.fixture
def shared_table(django_db_setup, django_db_blocker):
    """A table that several connections see, unlike a test's own transaction. Only this table is emptied afterwards,
    unlike by a flush.
    """
    with django_db_blocker.unblock():
        yield
        DueJob.objects.all().delete()
        connection.close()


@pytest.mark.parametrize("is_new", [True, False], ids=["never run before", "run before"])
def test_of_several_workers_at_once_one_runs_the_job(shared_table, calls, is_new):
    @due.register_job(hours=1)
    def job():
        calls.append(1)

    if not is_new:
        DueJob.objects.create(name=next(iter(due.jobs)), claimed_at=NOON - timedelta(days=900))
    start = threading.Barrier(4)

    def work():
        try:
            start.wait()
            due.run_due_jobs()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1]


def test_jobs_of_the_site_run(db):
    assert len(due.jobs) >= 3
    assert due.run_due_jobs() == []


def test_worker_is_alive_for_five_minutes_after_its_last_round(db):
    with time_machine.travel(NOON, tick=False) as clock:
        assert not is_worker_alive()
        due.run_due_jobs()
        assert is_worker_alive()
        clock.shift(timedelta(minutes=4, seconds=59))
        assert is_worker_alive()
        clock.shift(timedelta(seconds=1))
        assert not is_worker_alive()

"""Tasks that a killed worker leaves, and workers whose database goes away."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ops.jobs import scheduler as lost_tasks
from ops.management.commands import worker
from publishing.accounts.mails import queue_password_resets
from tests.ops.outages import database_away

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def begun_by(*names: str) -> DBTaskResult:
    queue_password_resets.enqueue("nobody@example.com")
    task = DBTaskResult.objects.latest("enqueued_at")
    for name in names:
        task.claim(name)
    return task


def status(task) -> str:
    task.refresh_from_db()
    return task.status


def test_what_a_killed_worker_had_begun_is_run_again_and_what_a_living_one_has_is_not(caplog):
    lost, held, own = begun_by("killed"), begun_by("living"), begun_by("mine")
    DBTaskResult.objects.filter(pk=lost.pk).update(started_at=timezone.now() - timedelta(hours=2))
    lost_tasks.retry_lost_tasks()
    assert [status(lost), status(held), status(own)] == ["READY", "RUNNING", "RUNNING"]
    assert "queue_password_resets was not finished by its worker" in caplog.text
    lost_tasks.retry_lost_tasks("mine")
    assert [status(lost), status(held), status(own)] == ["READY", "RUNNING", "READY"]


def test_a_task_that_kills_its_workers_is_given_up(caplog):
    task = begun_by(*("one", "two", "mine")[-lost_tasks.MOST_ATTEMPTS :])
    lost_tasks.retry_lost_tasks("mine")
    assert status(task) == "FAILED"
    assert "is given up" in caplog.text


def test_a_worker_waits_for_its_database_and_goes_on(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path  # which it locks for the life of this process
    interrupted, waiting = begun_by("mine"), begun_by()
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            away.__exit__(None, None, None)

    monkeypatch.setattr(worker.time, "sleep", pause)
    monkeypatch.setattr(worker.db_worker.Worker, "configure_signals", lambda self: None)
    monkeypatch.setattr(worker, "run_due_jobs_forever", lambda: None)
    command = worker.Command()
    options = vars(command.create_parser("manage.py", "worker").parse_args(["--batch", "--worker-id", "mine"]))
    away = database_away()
    away.__enter__()
    command.handle(**options)
    assert pauses[:3] == [worker.PAUSE_SECONDS] * 3
    assert [status(interrupted), status(waiting)] == ["SUCCESSFUL", "SUCCESSFUL"]

"""Tasks that a worker leaves when it is killed, and workers whose database goes away."""

import signal
import subprocess
import sys

import pytest
from django_tasks_db.models import DBTaskResult

from publishing import abandoned
from publishing.letters import write_reset_letters
from publishing.management.commands import worker
from tests.config.running import PROJECT
from tests.publishing.outages import database_away

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

HOLDING = """
import sys
from publishing.abandoned import known_as_alive
with known_as_alive(sys.argv[1]):
    print("at work", flush=True)
    sys.stdin.read(1)
"""


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def at_work(name: str, folder) -> subprocess.Popen:
    code = f"import django.conf; django.conf.settings.configure(DATA_DIR={str(folder)!r})\n{HOLDING}"
    # The models of tasks need the apps; this process needs the lock alone.
    code = (
        f"import sys, types; sys.modules['django_tasks_db.models'] = types.SimpleNamespace(DBTaskResult=None)\n{code}"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, name], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"at work\n"
    return process


def begun_by(*names: str) -> DBTaskResult:
    write_reset_letters.enqueue("nobody@example.com")
    task = DBTaskResult.objects.latest("enqueued_at")
    for name in names:
        task.claim(name)
    return task


def status(task) -> str:
    task.refresh_from_db()
    return task.status


def test_what_a_killed_worker_had_begun_is_run_again_and_what_a_living_one_has_is_not(tmp_path, caplog):
    killed, living = at_work("killed", tmp_path), at_work("living", tmp_path)
    lost, held, elsewhere = begun_by("killed"), begun_by("living"), begun_by("another machine")
    assert abandoned.take_up("mine") == 0
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert abandoned.take_up("mine") == 1
    assert [status(lost), status(held), status(elsewhere)] == ["READY", "RUNNING", "RUNNING"]
    assert "write_reset_letters was begun by a worker that has ended" in caplog.text
    assert abandoned.take_up("mine") == 0
    living.communicate(b"x")
    assert not list(abandoned.folder().iterdir())


def test_a_task_that_kills_its_workers_is_given_up(caplog):
    task = begun_by(*("one", "two", "mine")[-abandoned.MOST_ATTEMPTS :])
    assert abandoned.take_up("mine") == 0
    assert status(task) == "FAILED"
    assert "is given up" in caplog.text


def test_two_that_put_back_at_once_do_it_once():
    task = begun_by("mine")
    copy = DBTaskResult.objects.get(pk=task.pk)
    assert abandoned._put_back(task) == 1
    task.claim("another")
    assert abandoned._put_back(copy) == 0
    assert status(task) == "RUNNING"


def test_a_worker_waits_for_its_database_and_goes_on(monkeypatch, caplog):
    interrupted, waiting = begun_by("mine"), begun_by()
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            away.__exit__(None, None, None)

    monkeypatch.setattr(worker.time, "sleep", pause)
    monkeypatch.setattr(worker.db_worker.Worker, "configure_signals", lambda self: None)
    monkeypatch.setattr(worker, "keep_running_due", lambda: None)
    command = worker.Command()
    options = vars(command.create_parser("manage.py", "worker").parse_args(["--batch", "--worker-id", "mine"]))
    away = database_away()
    away.__enter__()
    command.handle(**options)
    assert pauses[:3] == [worker.PAUSE_SECONDS] * 3
    assert [status(interrupted), status(waiting)] == ["SUCCESSFUL", "SUCCESSFUL"]

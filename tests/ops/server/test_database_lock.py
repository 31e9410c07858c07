import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from ops.server import database_lock as module
from ops.server.database_lock import WAITING, database_lock
from tests.config.running import PROJECT
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

OTHER = """
import django
django.setup()
from django.db import connection
from ops.server.database_lock import database_lock
connection.settings_dict["NAME"] = {name!r}
with database_lock(lambda sentence: print(sentence, flush=True)):
    print("It has the lock.", flush=True)
"""


@pytest.fixture
def other(tmp_path):
    """A function that starts another process, which takes the lock and ends; it returns the file of its output."""
    processes = []

    def start() -> Path:
        output = tmp_path / f"{len(processes)}.log"
        code = OTHER.format(name=str(connection.settings_dict["NAME"]))
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
        with output.open("w") as file:
            command = [sys.executable, "-c", code]
            processes.append(
                subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=file, stderr=subprocess.STDOUT)
            )
        return output

    yield start
    for process in processes:
        assert process.wait(timeout=60) == 0


def test_another_process_waits_and_says_so(other):
    with database_lock():
        with database_lock():  # as of `migrate` within the start of a server
            pass
        output = other()
        wait_until(lambda: WAITING in output.read_text(), seconds=60)
    wait_until(lambda: "It has the lock." in output.read_text(), seconds=60)


def test_who_need_not_wait_says_nothing(other):
    output = other()
    wait_until(lambda: output.read_text() == "It has the lock.\n", seconds=60)


def test_an_error_inside_gives_the_lock_back(other):
    with pytest.raises(ZeroDivisionError), database_lock():
        raise ZeroDivisionError
    output = other()
    wait_until(lambda: output.read_text() == "It has the lock.\n", seconds=60)


@pytest.mark.parametrize("command", ["migrate", "load_starter"])
def test_commands_that_prepare_the_database_take_the_lock(command, monkeypatch):
    held = []
    kind = "_lock_on_server" if connection.vendor == "postgresql" else "_lock_on_file"
    lock = getattr(module, kind)
    monkeypatch.setattr(module, kind, lambda tell: [held.append(command), lock(tell)][1])
    call_command(command, **({"verbosity": 0} if command == "migrate" else {"say": str}))
    assert held == [command]

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent.parent
LASTS = "import signal; signal.pause()"
ENDS_WHEN_TOLD = "open({pipe!r}).read(); raise SystemExit({code})"
IGNORES_SIGTERM = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ignores", flush=True)
while True:
    signal.pause()
"""
SCRIPT = """
import signal
import sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may have it ignored, as nohup does
from ops.server import supervisor as processes
processes.WORKER_PAUSE_SECONDS = 0.1
processes.STOP_SECONDS = {stop_seconds}
sys.exit(processes.run(
    [sys.executable, "-c", {server!r}],
    [sys.executable, "-c", {worker!r}],
    lambda sentence: print(sentence, flush=True),
    lambda: True,
    lambda: print("ready", flush=True),
))
"""


@pytest.fixture
def start_pair():
    """A function that starts a pair of the given programs, and returns the supervising process when it is ready."""
    started = []

    def start(server: str, worker: str, stop_seconds: float = 10) -> subprocess.Popen:
        script = SCRIPT.format(server=server, worker=worker, stop_seconds=stop_seconds)
        process = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def pipe(tmp_path) -> Path:
    """A pipe that a program reads until the test has written."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_well(start_pair, number):
    process = start_pair(LASTS, LASTS)
    process.send_signal(number)
    assert process.wait(timeout=10) == 0


def test_server_that_ends_by_itself_ends_everything_with_its_code(start_pair, pipe):
    process = start_pair(ENDS_WHEN_TOLD.format(pipe=str(pipe), code=3), LASTS)
    pipe.write_text("")
    assert process.wait(timeout=10) == 3
    assert "The server ended by itself (code 3)" in process.stdout.read()


def test_server_that_ends_without_an_error_is_an_error_all_the_same(start_pair, pipe):
    process = start_pair(ENDS_WHEN_TOLD.format(pipe=str(pipe), code=0), LASTS)
    pipe.write_text("")
    assert process.wait(timeout=10) == 1


def test_worker_that_ends_is_started_again_and_a_line_says_so(start_pair):
    process = start_pair(LASTS, "import sys; sys.exit(7)")
    for _ in range(2):
        assert process.stdout.readline().startswith("The task worker ended (code 7)")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0


def test_child_that_does_not_stop_is_ended_after_a_while(start_pair):
    process = start_pair(IGNORES_SIGTERM, LASTS, stop_seconds=1)
    assert process.stdout.readline() == "ignores\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0

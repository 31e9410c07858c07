"""Run the server and the task worker until the server ends for good or a signal asks to stop.

This file is run as a program of its own, without Django: `manage.py serve` becomes it when all is prepared, so that the
memory of Django and of the first content is given back.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import NoReturn

POLL_SECONDS = 0.2
WORKER_PAUSE_SECONDS = 2
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1  # prctl(2)


def become_supervisor(
    server: list[str], worker: list[str] | None, address: tuple[str, int], announcement: list[str]
) -> NoReturn:
    """Replace this process by one that calls `run` and prints the `announcement` when the address answers.

    Of its open files it keeps those that were made inheritable.
    """
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, __file__, json.dumps([server, worker, address, announcement])])


def main(arguments: str) -> int:
    server, worker, (host, port), announcement = json.loads(arguments)
    return run(server, worker, say, lambda: answers(host, port), lambda: say("\n".join(announcement)))


def say(sentence: str) -> None:
    print(sentence, flush=True)


def run(
    server: list[str], worker: list[str] | None, say: Callable, is_ready: Callable, when_ready: Callable | None
) -> int:
    """Return 0 after a stop signal, else the server's exit code. Calls `when_ready` as soon as `is_ready()`.

    Each child has its own session: Ctrl-C in a terminal reaches only this process, which stops them in order.
    """
    requests, children, worker_due_at = [], {}, 0.0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # ignored by nohup
            signal.signal(number, lambda number, frame: requests.append(number))
    try:
        children["server"] = start(server)
        while not requests:
            if (code := children["server"].poll()) is not None:
                say(f"The server ended by itself (code {code}), so everything stops.")
                return code if code > 0 else 1
            if when_ready and is_ready():
                when_ready = when_ready()
            if "worker" in children and (code := children["worker"].poll()) is not None:
                del children["worker"]
                worker_due_at = time.monotonic() + WORKER_PAUSE_SECONDS
                say(f"The task worker ended (code {code}); it starts again in {WORKER_PAUSE_SECONDS} s.")
            if worker and "worker" not in children and time.monotonic() >= worker_due_at:
                children["worker"] = start(worker)
            time.sleep(POLL_SECONDS)
        return 0
    finally:
        stop(children.values())


def start(command: list[str]) -> subprocess.Popen:
    end = end_with_parent if sys.platform.startswith("linux") else None
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=end)


def end_with_parent():
    """Make this child process end when its parent is killed. Only Linux supports it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(children: Collection[subprocess.Popen]) -> None:
    """Ask the children to stop, and kill those still running after STOP_SECONDS, with their own child processes."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def answers(host: str, port: int) -> bool:
    """Return whether something listens there."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

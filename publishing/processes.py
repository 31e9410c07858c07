"""Running the server, and beside it the task worker, until the server ends for good or somebody says stop."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time

POLL_SECONDS = 0.2
WORKER_PAUSE_SECONDS = 2
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1  # prctl(2)


class Pair:
    """The server and its worker, or without one. `run()` returns the exit code: 0 when asked to stop, else what the
    server ended with.

    Each child is a session of its own: Ctrl-C in a terminal reaches this process alone, and it stops them in order.
    """

    def __init__(self, server: list[str], worker: list[str] | None, say):
        self.commands = {"server": server} | ({"worker": worker} if worker else {})
        self.say = say
        self.children: dict[str, subprocess.Popen] = {}
        self.stop_requests = 0
        self.worker_due_at = 0.0

    def run(self, is_ready, when_ready) -> int:
        """Call `when_ready()` once, as soon as `is_ready()` is true, which is asked again and again."""
        self.listen_to_signals()
        announced = False
        try:
            self.start("server")
            while not self.stop_requests:
                code = self.children["server"].poll()
                if code is not None:
                    self.say(f"The server ended by itself (code {code}), so everything stops.")
                    return code if code > 0 else 1
                if not announced and is_ready():
                    announced = True
                    when_ready()
                self.keep_worker()
                time.sleep(POLL_SECONDS)
            return 0
        finally:
            self.stop()

    def listen_to_signals(self):
        # SIGINT also where it was ignored, as in a script's background job: it is how one stops a server.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.request_stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self.request_stop)

    def request_stop(self, number, frame):
        self.stop_requests += 1

    def start(self, name: str):
        self.children[name] = subprocess.Popen(
            self.commands[name], stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent()
        )

    def keep_worker(self):
        """Start the worker, if there is to be one, at first and after it ended, with a pause between."""
        if "worker" not in self.commands:
            return
        worker = self.children.get("worker")
        if worker is not None and worker.poll() is not None:
            del self.children["worker"]
            self.worker_due_at = time.monotonic() + WORKER_PAUSE_SECONDS
            self.say(f"The task worker ended (code {worker.returncode}); it starts again in {WORKER_PAUSE_SECONDS} s.")
        elif worker is None and time.monotonic() >= self.worker_due_at:
            self.start("worker")

    def stop(self):
        """Ask the children to finish, wait, and end those that do not. A second Ctrl-C ends the waiting."""
        for child in self.children.values():
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.poll() is None for child in self.children.values()):
            if time.monotonic() > deadline or self.stop_requests > 1:
                break
            time.sleep(POLL_SECONDS / 4)
        for child in self.children.values():
            end_group(child.pid)
            child.wait()


def end_group(leader: int):
    """End what is left of a child and of the processes that it started itself."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def end_with_parent():
    """Return what a child runs before its program, so that it ends even when this process is killed. On Linux only:
    elsewhere a kill that cannot be caught leaves the children behind, and they are to be stopped by hand."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def in_child():
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True

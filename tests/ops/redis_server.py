"""A test's own Redis, which can be stopped, started again and made to hang."""

import shutil
import signal
import subprocess
import time

import pytest

from ops.server.supervisor import answers
from tests.config.running import free_port


class RedisServer:
    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = None

    def start(self):
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not answers("127.0.0.1", self.port):
            assert time.monotonic() < deadline, "Redis does not start."
            time.sleep(0.02)

    def stop(self):
        self.hang(False)
        self.process.terminate()
        self.process.wait(20)

    def hang(self, is_hanging=True):
        self.process.send_signal(signal.SIGSTOP if is_hanging else signal.SIGCONT)


@pytest.fixture
def redis_server():
    """A running server."""
    if shutil.which("redis-server") is None:
        pytest.skip("needs the program redis-server")
    server = RedisServer()
    server.start()
    yield server
    if server.process.poll() is None:
        server.stop()

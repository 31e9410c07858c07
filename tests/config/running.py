"""Start the site as a person does, in a process, on a free port, with its own folder for run-time files."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
SETTINGS = (
    *("DEBUG", "SITE_URL", "HOST", "PORT", "WORKERS", "SECRET_KEY", "DATA_DIR"),
    *("DATABASE_URL", "CACHE_URL", "EXTRA_HOSTS", "TRUSTED_PROXIES", "TIME_ZONE"),
    *("EMAIL_URL", "MAIL_FROM", "ENQUIRY_DAYS", "SPAM_DAYS", "VOTE_REASON_DAYS"),
    *("API_QUOTA_ADDRESS", "API_QUOTA_KEY", "API_QUOTA_SECONDS"),
    *("LOG_FORMAT", "SLOW_REQUEST_SECONDS", "HSTS_INCLUDE_SUBDOMAINS", "METRICS_TOKEN"),
    *("BACKUP_KEEP", "BACKUP_HOURS", "BACKUP_DIR"),
    *("PAGE_CACHE_BYTES", "CATALOG_IMPORT_URLS", "CATALOG_IMPORT_HOLD", "CATALOG_SNAPSHOT"),
    "CATALOG_LOWEST_PRICE_KINDS",
)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment(**settings) -> dict[str, str]:
    """Return this process's environment with these settings of the site, and no others; by default it starts with the
    30 models of our own, because 5,000 offerings take longer than most tests.
    """
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return kept | {"CATALOG_SNAPSHOT": ""} | {name: str(value) for name, value in settings.items()}


def manage(*arguments, **settings) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=300,
    )


class Site:
    """A `manage.py serve` that answers, of another version if `project` is the folder of its code.

    Use it in a `with`, which stops it like Ctrl-C.
    """

    def __init__(
        self, data_dir: Path, *arguments: str, project: Path = PROJECT, python: str = sys.executable, **settings
    ):
        self.port = free_port()
        self.output = data_dir.with_name(f"{data_dir.name}-{self.port}.log")
        started_at = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [python, "manage.py", "serve", *arguments],
                cwd=project,
                env=environment(DATA_DIR=data_dir, PORT=self.port, **settings),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self.wait_for("Ctrl-C stops it", seconds=240)
            self.status("/")
        except BaseException:
            self.process.kill()
            raise
        self.start_seconds = time.monotonic() - started_at

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.stop()

    def wait_for(self, words: str, seconds: float = 120):
        deadline = time.monotonic() + seconds
        while words not in self.said():
            assert self.process.poll() is None, f"ended by itself:\n{self.said()}"
            assert time.monotonic() < deadline, f"did not say {words!r}:\n{self.said()}"
            time.sleep(0.05)

    def said(self) -> str:
        return self.output.read_text()

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """Return the response, without following redirects; its body is already read, as `body`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.body = response.read()
        connection.close()
        return response

    def status(self, path: str) -> int:
        return self.get(path).status

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send the signal, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


def descendants(pid: int) -> set[int]:
    """Return all descendants of the process `pid` (read from /proc)."""
    children = {int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in read(task / "children").split()}
    return children.union(*(descendants(child) for child in children))


def read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended meanwhile
        return ""


def still_running(pids: set[int], seconds: float = 20) -> set[int]:
    """Return the processes that have not ended after the timeout; it returns as soon as all have.

    On a busy machine the server kills its processes ten seconds after it was asked to stop.
    """
    deadline = time.monotonic() + seconds
    while (left := {pid for pid in pids if is_running(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def is_running(pid: int) -> bool:
    state = read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return bool(state) and state[0] != "Z"

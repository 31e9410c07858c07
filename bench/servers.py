"""Servers to compare, each a process on a free port, and what their answers cost."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.config.running import PROJECT, descendants

CLOCK_OF_A_PROCESS = 2  # as clock_getcpuclockid() makes it from a process id; Python does not have that function
CONNECTIONS = 16


class Missing(Exception):
    """A program that the benchmark needs is missing; the message is one sentence."""


def program(name: str) -> str:
    """Return the path of a program; as root, its package is installed if it is missing. Raises Missing."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {name}.", file=sys.stderr, flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", name], check=False, **quiet)
        path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        raise Missing(f"The benchmark needs {name}: install it from your system's packages.")
    return path


def processor_seconds(pids: set[int]) -> float:
    """Return the processor time of these processes so far, in kernel and user mode, to the nanosecond."""
    total = 0.0
    for pid in pids:
        with suppress(OSError):  # the process has ended
            total += time.clock_gettime((~pid << 3) | CLOCK_OF_A_PROCESS)
    return total


def memory_bytes(pid: int) -> int:
    """Return the process's share of memory: memory shared by several processes is divided among them."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024


class Subject:
    """The measurements of a process and its children: requests per second, and the processor time of each request.

    The work of a database server is part of the first and not of the second.
    """

    def __init__(self, name: str, root_pid: int):
        self.name, self.root_pid = name, root_pid
        self.rates: list[float] = []
        self.costs: list[float] = []  # processor seconds

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def cost(self) -> float:
        return median(self.costs)

    def pids(self) -> set[int]:
        return {self.root_pid} | descendants(self.root_pid)


class Page(Subject):
    """One address of one server."""

    connections = CONNECTIONS

    def __init__(self, name: str, port: int, path: str, root_pid: int, headers: dict[str, str] | None = None):
        super().__init__(name, root_pid)
        self.address, self.headers = f"http://127.0.0.1:{port}{path}", headers or {}

    def load(self, seconds: float):
        """Request the address as fast as it answers, and record the rate."""
        header_arguments = [f"--header={name}: {value}" for name, value in self.headers.items()]
        pids = self.pids()
        before = processor_seconds(pids)
        out = subprocess.run(
            [program("wrk"), "-t1", f"-c{self.connections}", f"-d{seconds:g}s", *header_arguments, self.address],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        used = processor_seconds(pids) - before
        if "Non-2xx" in out or "Socket errors" in out:
            raise RuntimeError(f"{self.name}: not every answer was a good one.\n{out}")
        requests = int(re.search(r"(\d+) requests in", out)[1])
        if not requests:
            raise RuntimeError(f"{self.name}: no answer within {seconds:g} s. Give it longer with SECONDS.")
        self.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]))
        self.costs.append(used / requests)


class LargeFile(Page):
    """An address that is requested with one connection: the site answers fewer such requests at once than pages."""

    connections = 1


class Work(Subject):
    """A measurement that wrk cannot make: one `act` after the other. `prepare` runs before each and is not counted."""

    def __init__(self, name: str, root_pid: int, act: Callable[[], None], prepare: Callable[[], None] = lambda: None):
        super().__init__(name, root_pid)
        self.act, self.prepare = act, prepare

    def load(self, seconds: float):
        pids, count, taken, used = self.pids(), 0, 0.0, 0.0
        while taken < seconds:
            self.prepare()
            before, start = processor_seconds(pids), time.perf_counter()
            self.act()
            taken += time.perf_counter() - start
            used += processor_seconds(pids) - before
            count += 1
        self.rates.append(count / taken)
        self.costs.append(used / count)


class Client:
    """The database driver in its own process, which runs commands (bench.client)."""

    def __init__(self, database: str, article: int):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.client", database, str(article)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.wait(timeout=20)

    def do(self, line: str):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        if self.process.stdout.readline() != "done\n":
            raise RuntimeError(f"The driver alone did not do this: {line}")


@contextmanager
def database_of_its_own(address: str):
    """Yield the URL of a new database on the server of `address`; it is dropped afterwards."""
    name = sql.Identifier(database_name := f"{urlsplit(address).path.strip('/')}_bench_{os.getpid()}")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield urlsplit(address)._replace(path=f"/{database_name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

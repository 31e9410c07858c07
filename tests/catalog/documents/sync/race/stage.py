"""The test's side: a database for the race alone, the host of writers, the server, the client."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from psycopg import sql

from tests.catalog.documents.sync.mirroring import MIRROR, digest
from tests.config.running import PROJECT, environment, free_port, is_running

MODULE = (sys.executable, "-m")


@contextlib.contextmanager
def databases(folder: Path):
    """Yield a function that creates one more migrated database for a folder and returns the settings for it.

    The databases are separate from the test database of Django's connection.
    """
    base, names = folder / "base", []
    base.mkdir()
    address = urlsplit(os.environ.get("DATABASE_URL", ""))
    stem = f"race_{os.getpid()}" if connection.vendor == "postgresql" else ""

    def run(command: str, *identifiers: str) -> psycopg.Cursor:
        with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as server:
            return server.execute(sql.SQL(command).format(*map(sql.Identifier, identifiers)))

    def made() -> list[str]:
        """Return the databases created so far, including those that `restore` has set aside."""
        return [name for (name,) in run("SELECT datname FROM pg_database").fetchall() if name.startswith(f"{stem}_")]

    def create(name: str, template: str = "template0"):
        run("CREATE DATABASE {} TEMPLATE {}", name, template)
        names.append(name)

    def settings_for(data_dir: Path, name: str = "") -> dict:
        url = {"DATABASE_URL": address._replace(path=f"/{name}").geturl()} if name else {}
        return {"DATA_DIR": data_dir, "SECRET_KEY": "of the race", "API_QUOTA_ADDRESS": 0, **url}

    def copy(data_dir: Path) -> dict:
        shutil.copytree(base, data_dir)
        if not stem:
            return settings_for(data_dir)
        create(f"{stem}_{len(names)}", template=f"{stem}_base")
        return settings_for(data_dir, names[-1])

    if stem:
        create(f"{stem}_base")
    try:
        own = environment(**settings_for(base, stem and f"{stem}_base"))
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=PROJECT, env=own, check=True)
        yield copy
    finally:
        for name in made() if stem else []:
            run("DROP DATABASE {} WITH (FORCE)", name)


class Host:
    """A host that runs functions of `duties`, each in its own process, in parallel or one after the other."""

    def __init__(self, folder: Path, settings: dict, is_healed: bool):
        self.folder, self.number = folder, 0
        command = [
            *MODULE,
            "tests.catalog.documents.sync.race.host",
            str(folder),
            "healed" if is_healed else "unhealed",
        ]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=environment(**settings), stdin=subprocess.PIPE, text=True
        )

    def start(self, duty: str, /, **arguments) -> int:
        """Start the function, and return the number of the process's files."""
        self.number += 1
        self.process.stdin.write(json.dumps([self.number, duty, arguments]) + "\n")
        self.process.stdin.flush()
        return self.number

    def is_at_work(self, number: int) -> bool:
        """Return whether the function is still running. Raises AssertionError if it failed."""
        failed = self.folder / f"{number}.failed"
        assert not failed.exists(), failed.read_text()
        if (self.folder / f"{number}.done").exists():
            return False
        assert self.process.poll() is None, "The host has ended."
        pid = self.pid(number)
        return not pid or is_running(pid)

    def pid(self, number: int) -> int:
        file = self.folder / f"{number}.pid"
        return int((file.read_text() if file.exists() else "") or 0)

    def do(self, duty: str, /, **arguments):
        """Run the function, and return its result."""
        number, deadline = self.start(duty, **arguments), time.monotonic() + 300
        while self.is_at_work(number):
            assert time.monotonic() < deadline, f"{duty} takes too long."
            time.sleep(0.005)
        return json.loads((self.folder / f"{number}.done").read_text())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)


class Client:
    """The reference client, which is killed at random moments and continues from its file."""

    def __init__(self, file: Path, address: str):
        self.file, self.arguments = file, ["--server", address, "--file", str(file)]
        self.kills, self.process, self.until = 0, None, 0

    def keep_going(self, chance):
        """Start the client if it is not running, and kill it after a random time."""
        if self.process is None:
            command = [*MODULE, "tests.catalog.documents.sync.race.client", "sync", *self.arguments]
            self.process = subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL)
            self.until = time.monotonic() + chance.uniform(0.2, 2)
        assert self.process.poll() is None, f"It ended by itself, with {self.process.returncode}."
        if time.monotonic() > self.until:
            self.kill()

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process, self.kills = None, self.kills + 1

    def run(self, command: str) -> subprocess.CompletedProcess:
        """Run the program as partners do, to its end."""
        self.kill()
        return subprocess.run(
            [sys.executable, str(MIRROR), command, *self.arguments], capture_output=True, text=True, timeout=300
        )

    def held(self) -> tuple[dict, dict]:
        """Return the hash of each document by type and id, and for each deleted one the record into which it was
        merged.
        """
        with contextlib.closing(sqlite3.connect(self.file)) as db:
            rows = db.execute("SELECT type || ' ' || id, data, merged_into FROM record").fetchall()
        documents = {key: digest(data) for key, data, _ in rows if data is not None}
        return documents, {key: merged_into for key, data, merged_into in rows if data is None}


@dataclass
class Outcome:
    """`stale` has the keys of documents and tombstones in which copy and tables differ."""

    committed: int = 0
    rolled_back: int = 0
    writer_kills: int = 0
    client_kills: int = 0
    seconds: float = 0
    documents: int = 0
    stale: list = field(default_factory=list)
    proof: int = 0  # the exit code of verify

    def __str__(self):
        return (
            f"{self.committed} transactions, {self.rolled_back} rolled back, {self.writer_kills} kills of writers, "
            f"{self.client_kills} of the client, {self.documents} documents, {self.seconds:.0f} s"
        )


class Stage:
    """The whole race; a context manager that ends all its processes."""

    def __init__(self, folder: Path, settings: dict, is_healed: bool):
        self.folder, self.chance = folder, random.Random(2026)
        self.host, self.port = Host(folder, settings, is_healed), free_port()
        application = (
            "config.wsgi:application" if is_healed else "tests.catalog.documents.sync.race.unhealed:application"
        )
        command = [*MODULE, "granian", "--interface", "wsgi", application]
        options = ["--port", str(self.port), "--workers", "1", "--blocking-threads", "4", "--log-level", "warning"]
        self.log = folder / "server.log"
        with self.log.open("w") as output:
            self.server = subprocess.Popen(
                [*command, *options],
                cwd=PROJECT,
                env=environment(PORT=self.port, **settings),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.address = f"http://127.0.0.1:{self.port}"
        self.client = Client(folder / "copy.sqlite3", self.address)

    def __enter__(self):
        deadline = time.monotonic() + 300
        while not self.answers():
            assert self.server.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        return self

    def __exit__(self, *exception):
        self.client.kill()
        self.server.send_signal(signal.SIGINT)
        self.server.wait(timeout=30)
        self.host.stop()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def race(
        self, writers: int, transactions: int, kill_every: int = 0, client_kills: int = 0, tables=(), emptied=""
    ) -> Outcome:
        """Let `writers` writers run `transactions` transactions in total, and more until the client was killed
        `client_kills` times, while the client reads; then run the last writes to `tables` (all if empty), empty the
        table `emptied`, and compare.

        A writer is killed after each `kill_every` transactions.
        """
        begun, outcome, kills = time.monotonic(), Outcome(), self.client.kills
        self.catch_up()
        self.write_at_random(writers, transactions, kill_every, kills + client_kills, outcome)
        self.host.do("prepare_closing", folder=str(self.folder), tables=list(tables))
        self.catch_up()
        self.host.do("lose_closing", folder=str(self.folder))
        self.catch_up()
        shares = [{"folder": str(self.folder), "part": part, "parts": writers} for part in range(writers)]
        self.wait_for([self.host.start("close", **share) for share in shares])
        if emptied:
            self.host.do("empty", table=emptied)
        self.compare(outcome)
        outcome.client_kills, outcome.seconds = self.client.kills - kills, time.monotonic() - begun
        return outcome

    def write_at_random(self, writers, transactions, kill_every, client_kills, outcome):
        notes, at_work = self.folder / f"{self.host.number}.notes", set()
        notes.touch()
        kill_at = kill_every
        deadline = time.monotonic() + 600
        while at_work or notes.stat().st_size < transactions or self.client.kills < client_kills:
            assert time.monotonic() < deadline, "The writers take too long."
            at_work = {number for number in at_work if self.host.is_at_work(number)}
            left = transactions - notes.stat().st_size
            while (left > 0 or self.client.kills < client_kills) and len(at_work) < writers:
                share = max(1, left // writers)
                seed = self.chance.random()
                arguments = {"seed": seed, "transactions": share, "notes": str(notes)}
                at_work.add(self.host.start("write", **arguments))
            if kill_every and notes.stat().st_size >= kill_at and self.kill_one(at_work):
                outcome.writer_kills += 1
                kill_at += kill_every
            self.client.keep_going(self.chance)
            time.sleep(0.01)
        said = notes.read_bytes()
        outcome.committed, outcome.rolled_back = said.count(b"c"), said.count(b"r")

    def kill_one(self, at_work) -> bool:
        pid = self.host.pid(self.chance.choice(sorted(at_work))) if at_work else 0
        if not pid or not is_running(pid):
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def wait_for(self, numbers):
        while numbers := [number for number in numbers if self.host.is_at_work(number)]:
            self.client.keep_going(self.chance)
            time.sleep(0.005)

    def catch_up(self):
        """Let the client read until no change waits to be stamped."""
        for _ in range(20):
            done = self.client.run("sync")
            assert done.returncode == 0, done.stderr
            if not self.host.do("marks"):
                return
        raise AssertionError("What was written is never stamped.")

    def compare(self, outcome):
        self.catch_up()
        told = self.host.do("tell")
        held, gone = self.client.held()
        outcome.documents = len(told["documents"])
        differing = {key for key, _ in told["documents"].items() ^ held.items()}
        duplicates = {key for key, record in gone.items() if record != told["duplicates"].get(key)}
        outcome.stale = sorted(differing | duplicates)
        outcome.proof = self.client.run("verify").returncode

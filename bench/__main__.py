"""Measure the processor time of every page beside a plain Django page: `make bench`; docs/performance.md explains it.

Both databases and both sizes are measured unless --database or --size names one. PostgreSQL needs TEST_DATABASE_URL.
The prepared databases are stored in BENCH_DIR (var/bench) and on the server of TEST_DATABASE_URL.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.report import table
from tests.config.running import PROJECT, environment

FEED = PROJECT / "catalog" / "starter" / "models_dev.json"
ROOT = Path(os.environ.get("BENCH_DIR") or PROJECT / "var" / "bench")


def say(sentence: str):
    print(sentence, file=sys.stderr, flush=True)


def feed() -> str:
    """Return the path of models.dev's data: the file MODELS_DEV, or the snapshot of the starter content."""
    return str(Path(os.environ.get("MODELS_DEV") or FEED).resolve())


class Prepared:
    """A prepared database of one kind and size, with its DATA_DIR."""

    def __init__(self, database: str, size: int):
        self.database, self.size = database, size
        self.folder = ROOT / f"{database}-{size}"
        self.server = os.environ.get("TEST_DATABASE_URL", "")
        self.name = f"{urlsplit(self.server).path.strip('/')}_bench_{size}"

    @property
    def settings(self) -> dict[str, str]:
        variables = {"DATA_DIR": self.folder, "PAGE_CACHE_BYTES": 0, "API_QUOTA_ADDRESS": 10**9}
        if self.database == "postgresql":
            variables["DATABASE_URL"] = urlsplit(self.server)._replace(path=f"/{self.name}").geturl()
        return variables

    def run(self, module: str, *arguments, **options) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", f"bench.{module}", *map(str, arguments)]
        env = environment(DJANGO_SETTINGS_MODULE="config.settings", **self.settings)
        done = subprocess.run(command, cwd=PROJECT, env=env, text=True, stdout=subprocess.PIPE, **options)
        if done.returncode:
            sys.exit(done.returncode)
        return done

    def prepare(self, rebuild: bool):
        """Create the database from that of the previous size, or bring it up to date."""
        if rebuild or not (self.folder / f"prepared-{self.size}").exists():
            self._begin(rebuild)
        self.run("prepare", self.size, feed())

    def _begin(self, rebuild: bool):
        say(f"Preparing size {self.size} on {self.database}.")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        before = None
        if self.size > 1:
            before = Prepared(self.database, self.size - 1)
            before.prepare(rebuild=False)
            shutil.copytree(before.folder, self.folder)
        else:
            self.folder.mkdir()
        if self.database == "postgresql":
            with psycopg.connect(self.server, autocommit=True) as server:
                identifier = sql.Identifier(self.name)
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(identifier))
                template = sql.SQL(" TEMPLATE {}").format(sql.Identifier(before.name)) if before else sql.SQL("")
                server.execute(sql.SQL("CREATE DATABASE {}{}").format(identifier, template))

    def measure(self, rounds: int, pages: str) -> dict:
        return json.loads(self.run("measure", rounds, pages).stdout)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", type=int, choices=[1, 2])
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--pages", default="", help="a regular expression for the names of the pages")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--output", type=Path, default=ROOT / "figures.json", help="the file for the figures")
    parser.add_argument("--baseline", type=Path, help="the figures of an earlier run, to compare with")
    parser.add_argument(
        "--rebuild", action="store_true", help="prepare these databases again; size 2 begins with size 1"
    )
    chosen = parser.parse_args()
    databases = [chosen.database] if chosen.database else ["sqlite", "postgresql"]
    if "postgresql" in databases and not os.environ.get("TEST_DATABASE_URL"):
        say("Not run on PostgreSQL: TEST_DATABASE_URL is not set.")
        databases.remove("postgresql")
    baseline = json.loads(chosen.baseline.read_text()) if chosen.baseline else {}
    runs = {}
    for database in databases:
        for size in [chosen.size] if chosen.size else [1, 2]:
            prepared = Prepared(database, size)
            prepared.prepare(chosen.rebuild)
            name = prepared.folder.name
            runs[name] = prepared.measure(chosen.rounds, chosen.pages)
            first_size = runs.get(f"{database}-1") if size > 1 else None
            print(f"\n{name}\n\n{table(runs[name], baseline.get(name), first_size)}", flush=True)
    chosen.output.write_text(json.dumps(runs, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

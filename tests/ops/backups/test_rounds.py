"""Backups during writes, killed backups, and restores into an empty place."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time

import pytest
from django.db import connection

from tests.config.running import PROJECT, Site, environment, manage

pytestmark = pytest.mark.race
KILLS = int(os.environ.get("KILLS", "30"))


@pytest.fixture
def sites(tmp_path, database_for):
    """A function that returns the settings of one more site, migrated and empty, by its name."""
    return lambda name: {**database_for(tmp_path / name), "BACKUP_DIR": tmp_path / "backups", "BACKUP_KEEP": 0}


@contextlib.contextmanager
def writing(settings, note):
    command = [sys.executable, "-m", "tests.ops.backups.writer", str(note)]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment(**settings), stderr=subprocess.PIPE, text=True
    ) as writer:
        try:
            wait_for_turn(writer, note, 1)
            yield writer
            assert writer.poll() is None, writer.stderr.read()
        finally:
            writer.kill()


def wait_for_turn(writer, note, number: int):
    deadline = time.monotonic() + 120
    while turn_of(note) < number:
        assert writer.poll() is None, writer.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def turn_of(note) -> int:
    return int(note.read_text()) if note.exists() else 0


def done(*arguments, **settings) -> str:
    run = manage(*arguments, **settings)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def look(settings) -> dict:
    command = [sys.executable, "-m", "tests.ops.backups.looking"]
    run = subprocess.run(command, cwd=PROJECT, env=environment(**settings), capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def assert_is_one_moment(told: dict, first: int, last: int):
    turns = told["articles"]
    assert turns == list(range(1, len(turns) + 1))
    assert first <= len(turns) <= last + 1
    assert told["topics"] == turns
    assert told["images"]
    assert set(told["images"]) <= set(turns)
    assert max(told["images"]) == turns[-1]
    assert told["without_file"] == []


def test_backups_made_while_somebody_writes_hold_one_moment_each(sites, tmp_path):
    busy, note, made = sites("busy"), tmp_path / "note", []
    with writing(busy, note) as writer:
        for _ in range(3):
            # For 25 turns of the writer, over a second: the name of a backup has its second.
            wait_for_turn(writer, note, turn_of(note) + 25)
            first = turn_of(note)
            done("backup", **busy)
            made.append((first, turn_of(note)))
    for number, (path, (first, last)) in enumerate(
        zip(sorted((tmp_path / "backups").glob("*.tar.gz")), made, strict=True)
    ):
        fresh = sites(f"fresh{number}")
        done("restore", path, **fresh)
        told = look(fresh)
        assert_is_one_moment(told, first, last)
        assert told["epoch"] != look(busy)["epoch"]
        print(f"\n{connection.vendor}: turns {first} to {last} passed meanwhile, {len(told['articles'])} are held.")


def test_one_that_is_killed_leaves_the_last_good_one(sites, tmp_path):
    busy, note, chance = sites("busy"), tmp_path / "note", random.Random(2026)
    folder = tmp_path / "backups"
    with writing(busy, note):
        begun = time.monotonic()
        done("backup", **busy)
        seconds, killed, rounds = time.monotonic() - begun, 0, 0
        while killed < KILLS:
            before, begun, rounds = set(folder.glob("*.tar.gz")), time.monotonic(), rounds + 1
            run = subprocess.Popen(
                [sys.executable, "manage.py", "backup"],
                cwd=PROJECT,
                env=environment(**busy),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            # About half of that time is start-up.
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(chance.uniform(0.4, 1.1) * seconds)
            if run.poll() is None:
                killed += 1
            else:
                seconds = time.monotonic() - begun  # the machine was busier before than now
            run.kill()
            run.wait()
            assert before <= set(folder.glob("*.tar.gz"))
            assert rounds < 10 * KILLS
        for path in {min(folder.glob("*.tar.gz")), max(folder.glob("*.tar.gz"))}:
            done("backup", "--check", path, **busy)
        done("backup", **busy)
    assert list(folder.glob(".unfinished*")) == []
    print(f"\n{connection.vendor}: {killed} of {rounds} were killed, of {seconds:.1f} s each.")


def test_nothing_is_restored_under_a_server_and_the_site_that_was_restored_serves(sites, tmp_path):
    site, note = sites("site"), tmp_path / "note"
    with writing(site, note) as writer:
        wait_for_turn(writer, note, 3)
        done("backup", **site)
    (path,) = (tmp_path / "backups").glob("*.tar.gz")
    own = {name: value for name, value in site.items() if name != "DATA_DIR"}
    with Site(site["DATA_DIR"], **own) as server:
        refused = manage("restore", path, **site)
        assert refused.returncode == 1
        assert "A server or a worker is running" in refused.stderr
        assert server.status("/articles/turn-1/") == 200
    done("restore", path, **site)
    with Site(site["DATA_DIR"], **own) as server:
        assert server.status("/articles/turn-1/") == 200
        assert server.status("/api/v1/changes/") == 200


def test_a_backup_of_an_older_schema_is_migrated(sites, tmp_path):
    site = sites("site")
    last, before = [
        line.split()[-1] for line in done("showmigrations", "publishing", **site).splitlines() if "[X]" in line
    ][:-3:-1]
    done("migrate", "publishing", before, "--verbosity=0", **site)
    done("backup", **site)
    (path,) = (tmp_path / "backups").glob("*.tar.gz")
    fresh = sites("fresh")
    done("restore", path, **fresh)
    assert f"[X] {last}" in done("showmigrations", "publishing", **fresh)

"""Version 0.2 serves and stamps a database that this version has migrated, beside it: the feed stays exact, and at most
once everything is composed anew.
"""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from catalog.documents.compose import SCHEMA
from tests.catalog.documents.sync.mirroring import MIRROR
from tests.config.running import PROJECT, Site, environment, manage
from tests.upgrade.databases import connect, empty_database, load
from tests.upgrade.released import SECRET_KEY, Released, site_of, unpack

pytestmark = pytest.mark.whole

SECONDS = 60
NOT_NOW = 75  # the exit code of the partners' program for what the next run does
WRITE = Path(__file__).with_name("write.py")
# Counts the marks by which a version asks that everything is composed anew.
COUNTERS = {
    "sqlite": [
        "CREATE TABLE full_stamps (id integer PRIMARY KEY)",
        "CREATE TRIGGER count_full_stamps AFTER INSERT ON catalog_feedmark WHEN NEW.kind = 'everything'"
        " BEGIN INSERT INTO full_stamps VALUES (NULL); END",
    ],
    "postgresql": [
        "CREATE TABLE full_stamps (id serial PRIMARY KEY)",
        "CREATE FUNCTION count_full_stamps() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO full_stamps DEFAULT VALUES; RETURN NULL; END $$",
        "CREATE TRIGGER count_full_stamps AFTER INSERT ON catalog_feedmark FOR EACH ROW"
        " WHEN (NEW.kind = 'everything') EXECUTE FUNCTION count_full_stamps()",
    ],
}


class Database:
    """The database of version 0.2, with a counter of full stamps."""

    def __init__(self, data_dir: Path, address: str):
        self.data_dir, self.address = data_dir, address
        database = {"DATABASE_URL": address} if address else {}
        self.settings = {"SECRET_KEY": SECRET_KEY, "BACKUP_KEEP": 0, "API_QUOTA_ADDRESS": 0, **database}
        with connect(address, data_dir) as driver:
            for statement in COUNTERS[connection.vendor]:
                driver.execute(statement)

    def number(self, sql: str) -> int:
        with connect(self.address, self.data_dir) as driver:
            return driver.execute(sql).fetchone()[0]

    def full_stamps(self) -> int:
        return self.number("SELECT count(*) FROM full_stamps")

    def marks(self) -> int:
        return self.number("SELECT count(*) FROM catalog_feedmark")


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Released:
    return Released(tmp_path_factory.mktemp("released") / "code")


@pytest.fixture
def database(tmp_path):
    data_dir = tmp_path / "data"
    unpack(site_of(connection.vendor), data_dir)
    with empty_database("together") as address:
        load(address, data_dir)
        yield Database(data_dir, address)


@contextlib.contextmanager
def writing(until: Path, *commands):
    """Run the writers, and end them after the block; each must have written."""
    writers = [
        subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for command, cwd, env in commands
    ]
    try:
        yield
    finally:
        until.touch()
        results = [writer.communicate(timeout=120) for writer in writers]
    for writer, (output, errors) in zip(writers, results, strict=True):
        assert writer.returncode == 0, errors
        assert int(output) > 20
        print(f"{output.strip()} transactions")


def writers(released: Released, database: Database, until: Path, schema: str = ""):
    """Return the commands of a writer by version 0.2 and of one by this version, with this schema of its documents."""
    settings = {"DATA_DIR": database.data_dir, **database.settings}
    today = environment(**settings) | {"PYTHONPATH": str(PROJECT), "DJANGO_SETTINGS_MODULE": "config.settings"}
    older = ([released.python, str(WRITE), "older", str(until)], released.folder, released.environment(**settings))
    newer = ([sys.executable, str(WRITE), "newer", str(until), *([schema] if schema else [])], PROJECT, today)
    return older, newer


def copy_feed(command: str, file: Path, site: Site) -> int:
    run = subprocess.run(
        [sys.executable, str(MIRROR), command, "--server", f"http://127.0.0.1:{site.port}", "--file", str(file)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode in (0, 1, NOT_NOW), run.stderr
    return run.returncode


def differing(database: Database) -> str:
    run = manage("audit_feed", DATA_DIR=database.data_dir, **database.settings)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()[0]


def test_both_versions_serve_stamp_and_write_for_a_minute(released, database, tmp_path):
    version = {"project": released.folder, "python": released.python}
    copy = tmp_path / "copy.sqlite3"
    with Site(database.data_dir, **version, **database.settings) as older:
        assert copy_feed("sync", copy, older) == 0
        run = manage("migrate", "--verbosity=0", DATA_DIR=database.data_dir, **database.settings)
        assert run.returncode == 0, run.stderr
        with Site(database.data_dir, **database.settings) as newer:
            until = time.monotonic() + SECONDS
            with writing(tmp_path / "stop", *writers(released, database, tmp_path / "stop")):
                while time.monotonic() < until:
                    for site in (older, newer):
                        assert copy_feed("sync", copy, site) in (0, NOT_NOW)
                        assert [site.status(path) for path in ("/", "/catalog/", "/readyz", "/admin/login/")] == [
                            200
                        ] * 4
            for site in (older, newer):
                assert copy_feed("sync", copy, site) == 0
                assert copy_feed("verify", copy, site) == 0
                assert "Traceback" not in site.said()
            assert database.marks() == 0
            assert database.full_stamps() <= 1
    assert differing(database) == "0"


def test_documents_of_a_higher_schema_are_composed_once_and_left_alone_by_the_older_version(
    released, database, tmp_path
):
    version = {"project": released.folder, "python": released.python}
    with Site(database.data_dir, **version, **database.settings) as older:
        run = manage("migrate", "--verbosity=0", DATA_DIR=database.data_dir, **database.settings)
        assert run.returncode == 0, run.stderr
        with writing(tmp_path / "stop", *writers(released, database, tmp_path / "stop", str(SCHEMA + 1))):
            time.sleep(SECONDS / 2)
        assert database.full_stamps() == 1
        assert database.number("SELECT schema FROM catalog_feedstate") == SCHEMA + 1
        assert "Traceback" not in older.said()

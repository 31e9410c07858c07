"""Databases beside the test database, for sites that run in processes of their own."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """Create an empty database on the server of DATABASE_URL and yield its address; "" without that setting, where each
    folder of data has a database of SQLite.
    """
    server = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not server.scheme:
        yield ""
        return
    own = f"upgrade_{os.getpid()}_{name}"

    def run(command: str, *names: str) -> psycopg.Cursor:
        with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
            return connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", own)
    try:
        yield server._replace(path=f"/{own}").geturl()
    finally:
        # With those that `restore` has set aside.
        for (database,) in run("SELECT datname FROM pg_database").fetchall():
            if database.startswith(own):
                run("DROP DATABASE {} WITH (FORCE)", database)


def load(address: str, data_dir: Path) -> None:
    """Load the dump that is in the folder; a file of SQLite is in its place already."""
    if address:
        command = ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={address}"]
        subprocess.run([*command, str(data_dir / "database.pgdump")], check=True)


@contextmanager
def connect(address: str, data_dir: Path) -> Iterator:
    """Yield a connection of the driver, which commits each statement."""
    if address:
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection
    else:
        path = data_dir / "vitrine.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as connection:
            yield connection


def rows(connection, columns_by_table: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the rows of the tables, with these columns only, as text."""
    rows_by_table = {}
    for table, columns in columns_by_table.items():
        names = ", ".join(f'"{column}"' for column in columns)
        rows_by_table[table] = sorted(map(repr, connection.execute(f'SELECT {names} FROM "{table}"').fetchall()))
    return rows_by_table


def columns_by_table(connection) -> dict[str, list[str]]:
    """Return the columns of each table of the site."""
    if isinstance(connection, sqlite3.Connection):
        found = connection.execute(
            "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
        )
    else:
        found = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type <> 'tsvector'"
        )
    columns: dict[str, list[str]] = {}
    for table, column in found.fetchall():
        columns.setdefault(table, []).append(column)
    return columns

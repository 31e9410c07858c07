"""Dump, restore and replace databases, named as in DATABASES: by path on SQLite, by name on PostgreSQL."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.db import connection
from psycopg import sql


@contextmanager
def connected_to(name: str) -> Iterator[Any]:
    """Connect Django to another database; yield the driver's own connection, which write detection does not see."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        with connection.wrap_database_errors:
            connection.connect()
            yield connection.connection
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


class SQLite:
    member = "database.sqlite3"

    def dump(self, target: Path, left_out: list[str]) -> None:
        """Write the database as of one moment. In WAL mode neither readers nor writers have to wait."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        with connected_to(str(target)) as copy:
            copy.execute("PRAGMA foreign_keys = OFF")
            for table in left_out:
                copy.execute(f'DELETE FROM "{table}"')  # nosec B608
            copy.execute("VACUUM")  # otherwise deleted rows remain in the file's free pages

    def check(self, file: Path) -> None:
        with connected_to(str(file)) as copy:
            (problem,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if problem != "ok":
            raise CommandError(f"The database in the backup is damaged: {problem}.")

    def refuse_in_use(self) -> None:
        """Raise CommandError if another program uses the database. On SQLite locks say that, and `switch`."""

    def load(self, file: Path) -> str:
        """Create a database from a dump; return its name."""
        return str(file)

    def discard(self) -> None:
        """Delete what `load` created. On SQLite this is a temporary file, which is deleted anyway."""

    def switch(self, name: str, moment: str) -> str:
        """Replace the site's database by the new one; return where the old one is now, or "" if there was none."""
        path = Path(connection.settings_dict["NAME"])
        aside = f"{path}.before-{moment}"
        if path.exists():
            try:
                with closing(sqlite3.connect(path, timeout=0)) as file:
                    file.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.DatabaseError as error:  # a damaged file may be replaced
                if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise CommandError(f"Another program has {path} open: stop it first.") from error
            os.link(path, aside)
        for end in ("-wal", "-shm", "-journal"):  # left by a damaged database: the new one must not read them
            if Path(f"{path}{end}").exists():
                os.rename(f"{path}{end}", f"{aside}{end}")
        os.replace(name, path)
        return aside if Path(aside).exists() else ""


class PostgreSQL:
    member = "database.pgdump"

    def dump(self, target: Path, left_out: list[str]) -> None:
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
        options += [f"--exclude-table-data={table}" for table in left_out]
        self._run("pg_dump", *options, f"--dbname={connection.settings_dict['NAME']}")

    def check(self, file: Path) -> None:
        self._run("pg_restore", f"--file={os.devnull}", str(file))

    def refuse_in_use(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            (others,) = cursor.fetchone()
        if others:
            name = connection.settings_dict["NAME"]
            raise CommandError(
                f"A site or another program has the database {name} open ({others} connections): stop it first."
            )

    def load(self, file: Path) -> str:
        self.discard()
        name = f"{connection.settings_dict['NAME']}_restoring"
        with connection.cursor() as cursor:
            cursor.execute("SELECT datcollate, datctype FROM pg_database WHERE datname = current_database()")
            create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE {} LC_CTYPE {}")
            cursor.execute(create.format(sql.Identifier(name), *cursor.fetchone()))
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={name}"]
        self._run("pg_restore", *options, str(file))
        return name

    def discard(self) -> None:
        name = sql.Identifier(f"{connection.settings_dict['NAME']}_restoring")
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def switch(self, name: str, moment: str) -> str:
        """Like SQLite's `switch`. Raises OperationalError while another program is connected."""
        usual = connection.settings_dict["NAME"]
        aside = f"{usual}_before_{moment.replace('-', '_')}"
        with connected_to("postgres") as server, server.transaction():
            for old, new in ((usual, aside), (name, usual)):
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                server.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))
        return aside

    def _run(self, *command: str):
        """Run a PostgreSQL client program as the site's account on its server."""
        # The password goes into the environment, since every account can read command lines.
        (_, *server, _), environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
        environment = {**os.environ, **(environment or {})}
        try:
            subprocess.run([*command, *server], env=environment, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            raise CommandError(f"{command[0]} failed: {' '.join(error.stderr.split())[-300:]}") from error


KINDS = {"sqlite": SQLite(), "postgresql": PostgreSQL()}

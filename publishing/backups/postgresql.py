"""The database of a site on PostgreSQL: dumped by pg_dump, restored beside it and renamed."""

import json
import os
import re
import shutil
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import DatabaseError, connection
from psycopg import sql

from publishing.backups.archive import AT_ONCE
from publishing.backups.problems import BackupError

MEMBER = "database.pgdump"
POLL_SECONDS = 0.05
LONGEST_NAME = 63
COPY = re.compile(rb'COPY (?:[^ .]+\.)?"?([^ ."]+)"? \(.*\) FROM stdin;\n')


def size_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def room_to_dump() -> int:
    return size_bytes()


def dump(target: Path, left_out: list[str], progress) -> dict[str, int]:
    """Write the database as of one moment to `target`; return the numbers of rows of that moment."""
    program = _program("pg_dump")
    _refuse_older(program)
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        counts = _counts(other, cursor, left_out)
        without = [f"--exclude-table-data={table}" for table in left_out]
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        command, environment = _command(program, [*options, *without])
        done = _run(command, environment, lambda: progress("Dumping the database", _size(target)))
        cursor.execute("ROLLBACK")
    if done.returncode:
        if "No space left" in done.stderr:
            raise BackupError(f"The disk is full ({target.parent}).")
        raise BackupError(f"pg_dump could not dump the database: {_last_words(done.stderr)}")
    target.chmod(0o600)
    return counts


def _counts(other, cursor, left_out) -> dict[str, int]:
    counts = {}
    for table in sorted(other.introspection.table_names(cursor)):
        counts[table] = 0
        if table not in left_out:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            counts[table] = cursor.fetchone()[0]
    return counts


def unpack(member, target: Path, progress):
    with target.open("wb") as file:
        target.chmod(0o600)
        while data := member.read(AT_ONCE):
            file.write(data)
            progress("Unpacking the database", file.tell())


def check(file: Path, tables: dict[str, int], progress):
    """Raise BackupError unless pg_restore reads the dump to its end and finds that many rows."""
    command = [_program("pg_restore"), "--data-only", "--file=-", str(file)]
    found, table, done = dict.fromkeys(tables, 0), None, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for line in process.stdout:
            done += len(line)
            if table is None:
                if (begins := COPY.fullmatch(line)) is not None:
                    table = begins[1].decode()
            elif line == b"\\.\n":
                table = None
                progress("Checking the database", done)
            else:
                found[table] = found.get(table, 0) + 1
        said = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise BackupError(f"pg_restore cannot read the database in the backup: {_last_words(said)}")
    if found != tables:
        other = sorted(table for table in found.keys() | tables.keys() if found.get(table) != tables.get(table))
        raise BackupError(
            f"The database in the backup is not whole: the numbers of rows differ in {', '.join(other[:3])}."
        )


def refuse_while_connected():
    """Raise BackupError while anybody else is connected to the database: a server or a worker of any machine."""
    with _elsewhere() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
            [connection.settings_dict["NAME"]],
        )
        (count,) = cursor.fetchone()
    if count:
        raise BackupError(
            f"{count} other program{' is' if count == 1 else 's are'} connected to the database "
            f"{connection.settings_dict['NAME']}: stop the servers and workers, on every machine."
        )


def room_to_restore(unpacked: Path) -> int:
    """On this machine; that of the database server cannot be asked for its own."""
    return 0


def load(unpacked: Path, progress) -> str:
    """Make a database of the dump; return its name."""
    name = _named("_restoring")
    discard(name)
    with _elsewhere() as cursor:
        try:
            cursor.execute(_like_the_present_one(cursor, name))
        except DatabaseError as error:
            raise BackupError(f"No database can be made to restore into: {_last_words(str(error))}") from error
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    command, environment = _command(_program("pg_restore"), [*options, "--dbname"], name)
    begun = time.monotonic()
    done = _run(
        [*command, str(unpacked)],
        environment,
        lambda: progress(f"Restoring the database, {time.monotonic() - begun:.0f} s so far", _size(unpacked)),
    )
    if done.returncode:
        discard(name)
        raise BackupError(f"pg_restore could not restore the database: {_last_words(done.stderr)}")
    return name


def _like_the_present_one(cursor, name: str):
    cursor.execute("SELECT to_jsonb(d) FROM pg_database AS d WHERE datname = %s", [connection.settings_dict["NAME"]])
    found = cursor.fetchone()
    if found is None:
        raise BackupError(f"There is no database {connection.settings_dict['NAME']}: make an empty one first.")
    present = json.loads(found[0])
    parts = [
        sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)),
        sql.SQL("LC_COLLATE {} LC_CTYPE {}").format(present["datcollate"], present["datctype"]),
    ]
    locale = present.get("datlocale") or present.get("daticulocale")
    match present.get("datlocprovider", "c"):
        case "i":
            parts.append(sql.SQL("LOCALE_PROVIDER icu ICU_LOCALE {}").format(locale))
        case "b":
            parts.append(sql.SQL("LOCALE_PROVIDER builtin BUILTIN_LOCALE {}").format(locale))
    return sql.SQL(" ").join(parts)


def discard(name: str):
    with _elsewhere() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def switch(name: str, suffix: str) -> str:
    """Give the database `name` the name of the site's, in one transaction; return that one's new name, or ""."""
    usual, aside = connection.settings_dict["NAME"], _named(suffix.replace("-", "_").replace(".", "_"))
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    is_kept = bool(connection.introspection.table_names())
    connection.close()
    refuse_while_connected()
    with _elsewhere() as cursor:
        try:
            cursor.execute("BEGIN")
            cursor.execute(rename.format(sql.Identifier(usual), sql.Identifier(aside)))
            cursor.execute(rename.format(sql.Identifier(name), sql.Identifier(usual)))
            cursor.execute("COMMIT")
        except DatabaseError as error:
            raise BackupError(f"The databases could not change places: {_last_words(str(error))}") from error
    if not is_kept:
        discard(aside)
    return aside if is_kept else ""


def undo_words(aside: str) -> str:
    usual = connection.settings_dict["NAME"]
    return f'psql -d postgres -c \'DROP DATABASE "{usual}"\' -c \'ALTER DATABASE "{aside}" RENAME TO "{usual}"\''


def _named(suffix: str) -> str:
    return connection.settings_dict["NAME"][: LONGEST_NAME - len(suffix)] + suffix


@contextmanager
def _elsewhere():
    """A cursor in another database of the same server, since nobody can rename the one that he is connected to."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        yield cursor


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BackupError(f"{name} is not on the path: install PostgreSQL's client (on Debian postgresql-client).")
    return path


def _refuse_older(program: str):
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"\b(\d+)", said)
    own, server = int(found[1]) if found else 0, connection.pg_version // 10_000
    if own < server:
        raise BackupError(
            f"pg_dump is of PostgreSQL {own} and the server of {server}: install the client of version {server}."
        )


def _command(program: str, options: list[str], name: str = "") -> tuple[list[str], dict]:
    """The command and what it needs in its environment: the password is not in the command, which all can read."""
    settings = connection.settings_dict | ({"NAME": name} if name else {})
    arguments, environment = connection.client.settings_to_cmd_args_env(settings, options)
    return [program, *arguments[1:]], environment


def _run(command, environment, meanwhile) -> subprocess.CompletedProcess:
    process = subprocess.Popen(
        command,
        env={**_environment(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while True:
            try:
                _, said = process.communicate(timeout=POLL_SECONDS)
                return subprocess.CompletedProcess(command, process.returncode, "", said)
            except subprocess.TimeoutExpired:
                meanwhile()
    except BaseException:
        process.kill()
        process.wait()
        raise


def _environment() -> dict[str, str]:
    """English, since its messages are looked at."""
    return {**os.environ, "LC_MESSAGES": "C", "PGAPPNAME": "vitrine backup"}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _last_words(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing."

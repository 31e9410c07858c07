"""The database of a site on SQLite: a copy made by its online backup, and the way of a copy into its place."""

import gzip
import os
import shlex
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from django.db import connection
from django.db.backends.sqlite3 import _functions as djangos

from publishing.backups.archive import AT_ONCE
from publishing.backups.problems import BackupError

MEMBER = "database.sqlite3.gz"
PAGES_AT_ONCE = 1_000
COMPRESSION = 5
BESIDE = ("-wal", "-shm", "-journal")


def database() -> Path:
    return Path(connection.settings_dict["NAME"])


def size_bytes() -> int:
    return sum(path.stat().st_size for path in (database(), _beside(database(), "-wal")) if path.exists())


def room_to_dump() -> int:
    """The copy, and beside it the one without gaps."""
    return 2 * size_bytes()


def dump(target: Path, left_out: list[str], progress) -> dict[str, int]:
    """Write the database as of one moment to `target`, compressed; return the numbers of rows of that moment.

    Nobody is held up meanwhile: in WAL mode a reader and the writers do not wait for each other.
    """
    copy, compact = target.with_name("copy"), target.with_name("compact")
    _copy(copy, progress)
    with closing(_opened(copy)) as file:
        file.execute("PRAGMA journal_mode = DELETE")
        file.execute("PRAGMA synchronous = OFF")
        for table in left_out:
            file.execute(f'DELETE FROM "{table}"')  # nosec B608
        # Written anew, since what was deleted, here and on the site, still lies in the gaps of a file.
        file.execute("VACUUM INTO ?", [str(compact)])
    copy.unlink()
    with closing(sqlite3.connect(compact)) as file:
        counts = _counts(file)
    with compact.open("rb") as source, target.open("wb") as file:
        _pack(source, file, compact.stat().st_size, progress)
    compact.unlink()
    return counts


def _copy(copy: Path, progress):
    address = f"file:{quote(str(database()))}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=20, isolation_level=None)) as source:
        # Within one transaction: else each write of somebody else would make the copying begin anew.
        source.execute("BEGIN")
        page_bytes = source.execute("PRAGMA page_size").fetchone()[0]
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(copy)) as target:
            source.backup(
                target,
                pages=PAGES_AT_ONCE,
                progress=lambda _, left, total: progress(
                    "Copying the database", (total - left) * page_bytes, total * page_bytes
                ),
            )


def _pack(source, file, size: int, progress):
    with gzip.GzipFile("", "wb", compresslevel=COMPRESSION, fileobj=file, mtime=0) as packed:
        done = 0
        while data := source.read(AT_ONCE):
            packed.write(data)
            done += len(data)
            progress("Compressing the database", done, size)


def _opened(path: Path):
    """A connection that knows the functions which Django's constraints and indexes name."""
    file = sqlite3.connect(path, isolation_level=None)
    djangos.register(file)
    return file


def _counts(file) -> dict[str, int]:
    names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {
        name: file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # nosec B608
        for (name,) in sorted(names.fetchall())
    }


def unpack(member, target: Path, progress):
    with gzip.GzipFile(fileobj=member, mode="rb") as packed, target.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        while data := packed.read(AT_ONCE):
            file.write(data)
            progress("Unpacking the database", file.tell())


def check(file: Path, tables: dict[str, int], progress):
    """Raise BackupError unless the unpacked database is sound and holds that many rows."""
    progress("Checking the database", 0, file.stat().st_size)
    try:
        with closing(_opened(file)) as opened:
            problems = [row[0] for row in opened.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            problems += [
                f"a row of {row[0]} refers to none of {row[2]}" for row in opened.execute("PRAGMA foreign_key_check")
            ]
            problems += [] if _counts(opened) == tables else ["the numbers of rows are other than they were"]
    except sqlite3.DatabaseError as error:
        problems = [str(error)]
    if problems:
        raise BackupError(f"The database in the backup is damaged: {'; '.join(problems[:3])}.")


def refuse_while_connected():
    """Raise BackupError while anybody has the database open: then its journal is not in the file itself."""
    connection.close()
    if not database().exists():
        return
    try:
        with closing(sqlite3.connect(database(), timeout=0)) as file:
            file.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupError(f"Another program has {database()} open: stop it first.") from error
    except sqlite3.DatabaseError:
        return  # it is damaged: the more reason to restore


def room_to_restore(unpacked: Path) -> int:
    return unpacked.stat().st_size


def staging() -> Path:
    """Where the database is made ready: beside the place that it is to take."""
    return _beside(database(), ".restoring")


def load(unpacked: Path, progress) -> str:
    """Make a database of the unpacked file; return its name, by which Django finds it."""
    discard(str(staging()))
    shutil.move(unpacked, staging())
    return str(staging())


def discard(name: str):
    for path in (Path(name), *(_beside(Path(name), suffix) for suffix in BESIDE)):
        path.unlink(missing_ok=True)


def switch(name: str, suffix: str) -> str:
    """Put the database `name` in the place of the site's, in one step; return where that one lies now, or ""."""
    with closing(sqlite3.connect(name)) as file:
        file.execute("PRAGMA journal_mode = DELETE")
    _sync(Path(name))
    refuse_while_connected()
    aside = _beside(database(), suffix)
    is_kept = database().exists() and not _is_empty(database())
    if is_kept:
        os.link(database(), aside)
    # Journals that are left are of a file that was damaged, or of none: they must not meet the new one.
    for end in BESIDE:
        if (journal := _beside(database(), end)).exists():
            journal.rename(_beside(aside, end))
    os.replace(name, database())
    _sync(database().parent)
    return str(aside) if is_kept else ""


def _is_empty(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as file:
            return not file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError:
        return False


def undo_words(aside: str) -> str:
    journals = [str(_beside(database(), end)) for end in BESIDE]
    return f"{shlex.join(['rm', '-f', *journals])} && {shlex.join(['mv', aside, str(database())])}"


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _sync(path: Path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

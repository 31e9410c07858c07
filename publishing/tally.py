"""Counts what may be done so many times in a while, once for all processes of the site.

Where there is a cache (CACHE_URL) it counts, for all machines. Else, and while the cache does not answer, a file in
DATA_DIR does, for all processes of this machine. So no limit is ever exceeded on one machine; only on several, and only
while the cache is down, has each machine a limit of its own.
"""

import logging
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from publishing.cache_server import CacheAwayError, Pause

logger = logging.getLogger(__name__)
FILE = "counts.sqlite3"
WAIT_SECONDS = 0.5  # each count takes far less than a millisecond; readers of pages must not wait for one
TABLE = """
CREATE TABLE IF NOT EXISTS tally (key TEXT PRIMARY KEY, used INTEGER NOT NULL, ends_at INTEGER NOT NULL) WITHOUT ROWID
"""
INDEX = "CREATE INDEX IF NOT EXISTS tally_ends_at ON tally (ends_at)"
BROKEN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
pause = Pause("The file of counts")
# In one statement, so that of all who count at once none passes beyond the limit.
COUNT = """
INSERT INTO tally (key, used, ends_at) VALUES (?, 1, ?)
ON CONFLICT (key) DO UPDATE SET used = used + 1 WHERE used < ? RETURNING used
"""


def take(key: str, limit: int, seconds: int) -> int | None:
    """Count one more of `key`, which is forgotten after so many seconds, unless it is at its limit.

    Returns how many there are with this one, more than `limit` where this one was not counted; None where nobody can
    count just now.
    """
    return _first_answer(lambda store: store.take(key, limit, seconds))


def give_back(key: str):
    """Count one less."""
    _first_answer(lambda store: store.give_back(key))


class NotCountedError(Exception):
    """The file cannot be written just now."""


class CacheStore:
    """Counters in the cache, which adds in one step. Whatever its client raises, it does not work."""

    def take(self, key, limit, seconds) -> int:
        cache.add(key, 0, seconds + 60)
        used = cache.incr(key)
        if used > limit:
            cache.decr(key)
        return used

    def give_back(self, key):
        cache.decr(key)


class FileStore:
    """Counters in a small database beside the site's own, where no long transaction holds anybody up.

    A crash of the machine may lose it; a count is worth less than a write to the disk for each request. So is a file
    that is broken: it is begun anew. While it cannot be written, nobody counts, and readers do not wait for it.
    """

    def take(self, key, limit, seconds) -> int:
        now = int(time.time())
        row = self._run(COUNT, (key, now + seconds, limit))
        if row == (1,):
            self._run("DELETE FROM tally WHERE ends_at < ?", (now - 60,))
        return row[0] if row else limit + 1

    def give_back(self, key):
        self._run("UPDATE tally SET used = used - 1 WHERE key = ? AND used > 0", (key,))

    def _run(self, statement: str, values) -> tuple | None:
        if not pause.is_over():
            raise NotCountedError
        try:
            row = self._row_or_anew(Path(settings.DATA_DIR) / FILE, statement, values)
        except (sqlite3.Error, OSError) as error:
            pause.begin(error)
            raise NotCountedError from error
        pause.end()
        return row

    def _row_or_anew(self, path: Path, statement: str, values) -> tuple | None:
        try:
            return self._row(path, statement, values)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in BROKEN:
                raise
        logger.error("The file of counts is broken, and begun anew.")
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        return self._row(path, statement, values)

    def _row(self, path: Path, statement: str, values) -> tuple | None:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous = OFF")
            try:
                return file.execute(statement, values).fetchone()
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
            with suppress(sqlite3.OperationalError):  # another process is just doing the same
                file.execute("PRAGMA journal_mode = WAL")
            file.execute(TABLE)
            file.execute(INDEX)
            return file.execute(statement, values).fetchone()


def _first_answer(ask):
    """Return what the first store says that works; None where none does."""
    if settings.CACHE_URL:
        try:
            return ask(CacheStore())
        except CacheAwayError:
            pass
        except Exception:
            logger.exception("The cache does not count.")
    try:
        return ask(FileStore())
    except NotCountedError:
        return None

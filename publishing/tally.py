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

from publishing.cache_server import CacheAwayError

logger = logging.getLogger(__name__)
FILE = "counts.sqlite3"
WAIT_SECONDS = 5
TABLE = """
CREATE TABLE IF NOT EXISTS tally (key TEXT PRIMARY KEY, used INTEGER NOT NULL, ends_at INTEGER NOT NULL) WITHOUT ROWID
"""
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


class CacheStore:
    """Counters in the cache, which adds in one step. Whatever its client raises, it does not work."""

    errors = (Exception,)

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

    A crash of the machine may lose it; a count is worth less than a write to the disk for each request.
    """

    errors = (sqlite3.Error, OSError)

    def take(self, key, limit, seconds) -> int:
        now = int(time.time())
        row = self._run(COUNT, (key, now + seconds, limit))
        if row == (1,):
            self._run("DELETE FROM tally WHERE ends_at < ?", (now - 60,))
        return row[0] if row else limit + 1

    def give_back(self, key):
        self._run("UPDATE tally SET used = used - 1 WHERE key = ? AND used > 0", (key,))

    def _run(self, statement: str, values) -> tuple | None:
        path = Path(settings.DATA_DIR) / FILE
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
            return file.execute(statement, values).fetchone()


def _first_answer(ask):
    """Return what the first store says that works; None where none does."""
    for store in (CacheStore(), FileStore()) if settings.CACHE_URL else (FileStore(),):
        try:
            return ask(store)
        except CacheAwayError:
            continue
        except store.errors:
            logger.exception("%s does not count.", type(store).__name__)
    return None

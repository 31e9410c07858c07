"""Count uses of a key up to a limit, exactly, for all processes of the site.

With CACHE_URL Redis counts, for all machines. Without it, and while Redis does not respond, a SQLite file in DATA_DIR
counts for all processes of this machine: no limit is ever exceeded on one machine. After a failure a store is not used
for PAUSE_SECONDS, so that requests do not all wait for a store that hangs.
"""

import logging
import sqlite3
import time
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 5
TIMEOUT_SECONDS = 0.5  # a count takes far less than a millisecond; readers of pages must not wait for one
# The retry is for a connection cut by a restart of the server, not for a server that hangs.
RETRY = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
FILE = "counts.sqlite3"
SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, used INTEGER NOT NULL, ends_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS counts_ends_at ON counts (ends_at);
COMMIT;
"""
# One statement, so that concurrent counts cannot exceed the limit together.
COUNT = """
INSERT INTO counts (key, used, ends_at) VALUES (?, 1, ?)
ON CONFLICT (key) DO UPDATE SET used = used + 1 WHERE used < ? RETURNING used
"""
BROKEN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


class CounterStore:
    """A store of counts, which is not used for PAUSE_SECONDS after a failure."""

    name: str
    errors: tuple[type[Exception], ...]
    until = 0.0  # the end of the pause; 0 after a success

    def ask(self, method: str, *args: object) -> int | bool | None:
        """Return the answer of a method; None if the store does not respond, or did not a moment ago."""
        if time.monotonic() < self.until:
            return None
        try:
            answer = getattr(self, method)(*args)
        except self.errors as error:
            if not self.until:
                message = "%s does not answer (%s): the site goes on without it, and asks again every %s seconds."
                logger.error(
                    message, self.name, getattr(error, "sqlite_errorname", type(error).__name__), PAUSE_SECONDS
                )
            self.until = time.monotonic() + PAUSE_SECONDS
            return None
        if self.until:
            self.until = 0.0
            logger.warning("%s answers again.", self.name)
        return answer


class RedisStore(CounterStore):
    name = "The cache server"
    errors = (redis.RedisError,)  # also raised by a server without memory, or while it loads its data

    def take(self, key: str, limit: int, seconds: int) -> int:
        pipeline = client_of(settings.CACHE_URL).pipeline()
        pipeline.set(key, 0, ex=seconds + 60, nx=True)
        pipeline.incr(key)
        _, used = pipeline.execute()
        if used > limit:
            self.give_back(key)
        return used

    def give_back(self, key: str) -> bool:
        if client_of(settings.CACHE_URL).exists(key):  # decrementing a missing key would create one that never expires
            client_of(settings.CACHE_URL).decr(key)
        return True

    def ping(self) -> bool:
        return client_of(settings.CACHE_URL).ping()


class FileStore(CounterStore):
    """A small database of its own, which no long transaction blocks; a broken file is replaced.

    A crash of the machine may lose it: counts are not worth a disk sync per request.
    """

    name = "The file of counts"
    errors = (sqlite3.Error, OSError)

    def take(self, key: str, limit: int, seconds: float) -> int:
        now = int(time.time())
        row = self._row(COUNT, (key, now + seconds, limit))
        if row == (1,):
            self._row("DELETE FROM counts WHERE ends_at < ?", (now - 60,))
        return row[0] if row else limit + 1

    def give_back(self, key: str) -> bool:
        self._row("UPDATE counts SET used = used - 1 WHERE key = ? AND used > 0", (key,))
        return True

    def _row(self, statement: str, values) -> tuple | None:
        path = Path(settings.DATA_DIR) / FILE
        try:
            return self._execute(path, statement, values)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in BROKEN:
                logger.error("The file of counts is damaged and was recreated.")
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
            elif "no such table" not in str(error):
                raise
        # Another process may be doing the same: the transaction waits for it, the change of the journal does not.
        with closing(sqlite3.connect(path, timeout=TIMEOUT_SECONDS, isolation_level=None)) as file:
            file.executescript(SCHEMA)
            with suppress(sqlite3.OperationalError):
                file.execute("PRAGMA journal_mode = WAL")
        return self._execute(path, statement, values)

    def _execute(self, path: Path, statement: str, values) -> tuple | None:
        with closing(sqlite3.connect(path, timeout=TIMEOUT_SECONDS, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous = OFF")
            return file.execute(statement, values).fetchone()


redis_store, file_store = RedisStore(), FileStore()


@cache
def client_of(address: str) -> redis.Redis:
    timeouts = dict.fromkeys(("socket_connect_timeout", "socket_timeout"), TIMEOUT_SECONDS)
    # The handshake for Redis Enterprise's notices fails with an AttributeError if a busy server answers it too late.
    plain = MaintNotificationsConfig(enabled=False)
    return redis.Redis.from_url(address, retry=RETRY, maint_notifications_config=plain, **timeouts)


def take(key: str, limit: int, seconds: int) -> int | None:
    """Count one more use of `key`, which expires after `seconds`, unless it is at its limit.

    Returns the number of uses, more than `limit` if this one was not counted; None if no store responds.
    """
    return _first_answer("take", key, limit, seconds)


def give_back(key: str) -> None:
    """Count one use less."""
    _first_answer("give_back", key)


def is_cache_unavailable() -> bool:
    """Return whether CACHE_URL is set and its server does not respond."""
    return bool(settings.CACHE_URL) and not redis_store.ask("ping")


def _first_answer(method: str, *args):
    stores = (redis_store, file_store) if settings.CACHE_URL else (file_store,)
    return next((answer for store in stores if (answer := store.ask(method, *args)) is not None), None)

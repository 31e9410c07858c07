"""How much one asker may ask in a window of time, counted once for all processes of the site.

Where there is a cache (CACHE_URL) it counts, for all machines. Else, and while the cache does not answer, a file in
DATA_DIR does, for all processes of this machine. So a quota is never exceeded on one machine; only on several, and
only while the cache is down, has each machine a quota of its own. If neither can count, the request is answered.
"""

import logging
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from publishing.client_address import client_address, network_of

logger = logging.getLogger(__name__)
WAIT_SECONDS = 5
TABLE = """
CREATE TABLE IF NOT EXISTS quota (key TEXT PRIMARY KEY, used INTEGER NOT NULL, ends_at INTEGER NOT NULL) WITHOUT ROWID
"""
# In one statement, so that of all who count at once none passes beyond the limit.
COUNT = """
INSERT INTO quota (key, used, ends_at) VALUES (?, 1, ?)
ON CONFLICT (key) DO UPDATE SET used = used + 1 WHERE used < ? RETURNING used
"""


@dataclass(frozen=True)
class Quota:
    """So many requests of one asker, in each window."""

    name: str
    asker: str
    limit: int
    window_seconds: int

    @property
    def policy(self) -> str:
        """The field `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""
        return f'"{self.name}";q={self.limit};w={self.window_seconds}'


@dataclass(frozen=True)
class Count:
    """What is left of a quota after a request. `key` is where it is counted."""

    quota: Quota
    is_within: bool
    left: int
    reset_seconds: int
    key: str

    @property
    def field(self) -> str:
        """The field `RateLimit` of the same draft."""
        return f'"{self.quota.name}";r={self.left};t={self.reset_seconds}'


def quota_for(request, key) -> Quota | None:
    """Return the quota of the key's partner, else of the asker's network address; None where there is no limit."""
    if key:
        quota = Quota("key", f"partner {key.partner_id}", settings.API_QUOTA_KEY, settings.API_QUOTA_SECONDS)
    else:
        network = network_of(client_address(request))
        quota = Quota("address", network, settings.API_QUOTA_ADDRESS, settings.API_QUOTA_SECONDS)
    return quota if quota.limit else None


def take(quota: Quota) -> Count | None:
    """Count one request, unless the quota is used up. None where nobody can count just now."""
    digest = salted_hmac("publishing.api.quotas", f"{quota.name} {quota.asker}", algorithm="sha256").hexdigest()
    # Each asker's windows begin at another moment, so that not all come back in the same second.
    now = time.time() + int(digest[:8], 16) % quota.window_seconds
    window, elapsed = divmod(now, quota.window_seconds)
    reset = max(1, -int(-(quota.window_seconds - elapsed) // 1))
    key = f"quota:{digest}:{quota.window_seconds}:{int(window)}"
    used = _first_answer(lambda store: store.take(key, quota.limit, reset))
    if used is None:
        return None
    return Count(quota, used <= quota.limit, max(0, quota.limit - used), reset, key)


def give_back(count: Count) -> Count:
    """Return what is left when the request that was counted is free after all."""
    _first_answer(lambda store: store.give_back(count.key))
    return Count(count.quota, True, min(count.quota.limit, count.left + 1), count.reset_seconds, count.key)


class CacheStore:
    """Counters in the cache, which adds in one step. Whatever its client raises, it does not work."""

    errors = (Exception,)

    def take(self, key, limit, seconds) -> int:
        """Return how many there are with this one; more than `limit` where this one was not counted."""
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
            self._run("DELETE FROM quota WHERE ends_at < ?", (now - 60,))
        return row[0] if row else limit + 1

    def give_back(self, key):
        self._run("UPDATE quota SET used = used - 1 WHERE key = ? AND used > 0", (key,))

    def _run(self, statement: str, values) -> tuple | None:
        path = Path(settings.DATA_DIR) / "quotas.sqlite3"
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
        except store.errors:
            logger.exception("%s does not count requests of the API.", type(store).__name__)
    return None

"""The cache on a server of its own (CACHE_URL), without which the site goes on.

A cache that is away is one that has forgotten everything: what is looked up is not there, what is stored is not kept.
Only who counts in it (`add`, `incr`, `decr`) is told, by CacheAwayError, since a count that is not kept is none; they
fall back on something of their own. After a failure nobody asks for a while, so that no more than one request of each
process waits for a server that hangs, once in PAUSE_SECONDS; the one that gets an answer again ends that by itself.
"""

import logging
import threading
import time

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 5
# A second attempt at once is for a connection that a restart of the server has cut, not for a server that hangs.
RETRY = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))


class CacheAwayError(Exception):
    """The cache server does not answer, or did not a moment ago."""


class Pause:
    """Whether something may be asked that did not answer a moment ago. `name` begins the sentences of the log."""

    def __init__(self, name: str = "The cache server"):
        self.name = name
        self.lock = threading.Lock()
        self.is_away = False
        self.until = 0.0

    def begin(self, error: Exception):
        with self.lock:
            was_away, self.is_away = self.is_away, True
            self.until = time.monotonic() + PAUSE_SECONDS
        if not was_away:
            logger.error(
                "%s does not answer (%s): the site goes on without it, and asks again every %s seconds.",
                self.name,
                getattr(error, "sqlite_errorname", type(error).__name__),
                PAUSE_SECONDS,
            )

    def is_over(self) -> bool:
        """Whether to ask now. While the server is away, each time for one thread alone: the others go on without."""
        if not self.is_away:
            return True
        with self.lock:
            now = time.monotonic()
            if now < self.until:
                return False
            self.until = now + PAUSE_SECONDS
            return True

    def end(self):
        if self.is_away:
            self.is_away = False
            logger.warning("%s answers again.", self.name)


# By address. Each thread has a client of its own (django.core.cache.caches), and all of them ask the same server.
_pauses: dict[str, Pause] = {}


class Connection(redis.Redis):
    """A client that does not ask during a pause, and begins one where it gets no answer."""

    pause: Pause

    def execute_command(self, *args, **options):
        if not self.pause.is_over():
            raise CacheAwayError
        try:
            answer = super().execute_command(*args, **options)
        except redis.RedisError as error:  # also where it answers, but has no room or loads its data still
            self.pause.begin(error)
            raise CacheAwayError from error
        self.pause.end()
        return answer


class Client(RedisCacheClient):
    def __init__(self, servers, **options):
        super().__init__(servers, retry=RETRY, **options)
        self._client = type("Connection", (Connection,), {"pause": _pauses.setdefault(str(servers), Pause())})


class ForgetfulRedisCache(RedisCache):
    """Django's, which may be away."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = Client

    def get(self, key, default=None, version=None):
        try:
            return super().get(key, default, version)
        except CacheAwayError:
            return default

    def get_or_set(self, key, default, timeout=DEFAULT_TIMEOUT, version=None):
        missing = object()
        value = self.get(key, missing, version)
        if value is missing:
            value = default() if callable(default) else default
            self.set(key, value, timeout, version)
        return value

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        try:
            super().set(key, value, timeout, version)
        except CacheAwayError:
            return  # forgotten at once

    def delete(self, key, version=None):
        try:
            return super().delete(key, version)
        except CacheAwayError:
            return False

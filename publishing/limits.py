"""How often one network address may do something. Of the address only a hash is kept, in the cache: for an hour, or to
the end of the day."""

import logging
import time
from contextlib import contextmanager

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from publishing.client_address import network_of

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 3600
DAY_SECONDS = 86_400


def within_limit(what: str, address: str, most_per_hour: int) -> bool:
    """Count one more of `what` ("enquiries") by `address`, and say whether that is still within the limit.

    Exact across processes with CACHE_URL, else for each process. A cache that is down keeps nobody from anything.
    """
    key = _key(what, address, WINDOW_SECONDS)
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        return cache.incr(key) <= most_per_hour
    except Exception:  # whatever the cache's client raises
        logger.exception("The cache does not answer; one of the %s was taken uncounted.", what)
        return True


@contextmanager
def once_a_day(what: str, address: str):
    """Say whether nobody of the network of `address` did `what` ("vote on 17") today, and note that somebody does.

    The note is taken back where the block raises. As exact as `within_limit`, and as forgiving of a cache that is down.
    """
    key = _key(what, address, DAY_SECONDS)
    try:
        is_first = cache.add(key, 1, DAY_SECONDS)
    except Exception:  # whatever the cache's client raises
        logger.exception("The cache does not answer; whether somebody repeats %r is not looked at.", what)
        is_first, key = True, ""
    try:
        yield is_first
    except BaseException:
        if is_first and key:
            cache.delete(key)
        raise


def _key(what: str, address: str, seconds: int) -> str:
    window = int(time.time() // seconds)
    digest = salted_hmac(f"{what}.limits", f"{window} {network_of(address)}", algorithm="sha256").hexdigest()
    return f"{what.replace(' ', '-')}:{digest}"

"""How often one network address may do something. Of the address only a hash is kept, in the cache, for an hour."""

import logging
import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from publishing.client_address import network_of

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 3600


def within_limit(what: str, address: str, most_per_hour: int) -> bool:
    """Count one more of `what` ("enquiries") by `address`, and say whether that is still within the limit.

    Exact across processes with CACHE_URL, else for each process. A cache that is down keeps nobody from anything.
    """
    window = int(time.time() // WINDOW_SECONDS)
    digest = salted_hmac(f"{what}.limits", f"{window} {network_of(address)}", algorithm="sha256").hexdigest()
    key = f"{what}:{digest}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        return cache.incr(key) <= most_per_hour
    except Exception:  # whatever the cache's client raises
        logger.exception("The cache does not answer; one of the %s was taken uncounted.", what)
        return True

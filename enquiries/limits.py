"""How much one network address may send. Of the address only a hash is kept, in the cache, for an hour."""

import logging
import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from publishing.client_address import network_of

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 3600
MOST_PER_WINDOW = 30  # an office behind one address can still write


def may_send(address: str) -> bool:
    """Count one more enquiry of `address`, and say whether it is still within the limit.

    Exact across processes with CACHE_URL, else for each process. A cache that is down keeps nobody from writing.
    """
    window = int(time.time() // WINDOW_SECONDS)
    digest = salted_hmac("enquiries.limits", f"{window} {network_of(address)}", algorithm="sha256").hexdigest()
    key = f"enquiries:{digest}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        return cache.incr(key) <= MOST_PER_WINDOW
    except Exception:  # whatever the cache's client raises
        logger.exception("The cache does not answer; an enquiry was taken uncounted.")
        return True

"""Limits on how often one network address may do something.

Only a hash of the address is stored: for an hour, or until the end of the day. While no store responds, all is allowed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.crypto import salted_hmac

from ops.http.client_ip import network_of
from ops.limits import counter_store

WINDOW_SECONDS = 3600
DAY_SECONDS = 86_400


def within_limit(what: str, address: str, most_per_hour: int) -> bool:
    """Count one more of `what` ("enquiries") by `address`; return whether that is within the limit."""
    used = counter_store.take(_key(what, address, WINDOW_SECONDS), most_per_hour, WINDOW_SECONDS)
    return used is None or used <= most_per_hour


@contextmanager
def once_a_day(what: str, address: str) -> Iterator[bool]:
    """Yield whether the network does `what` ("vote on 17") for the first time today; forgotten if the block raises."""
    key = _key(what, address, DAY_SECONDS)
    used = counter_store.take(key, 1, DAY_SECONDS)
    try:
        yield used is None or used == 1
    except BaseException:
        if used == 1:
            counter_store.give_back(key)
        raise


def _key(what: str, address: str, seconds: int) -> str:
    window = int(time.time() // seconds)
    digest = salted_hmac(f"{what}.limits", f"{window} {network_of(address)}", algorithm="sha256").hexdigest()
    return f"{what.replace(' ', '-')}:{digest}"

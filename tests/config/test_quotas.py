"""A quota holds against many requests at once, across the processes of a served site."""

import http.client
import os
import re
import threading
from collections import Counter

import pytest

from tests.config.running import Site

pytestmark = pytest.mark.whole
ASKED = 50
QUOTA = 10
# In a file without a cache, in Redis if the tests run with one.
STORES = ["", *filter(None, [os.environ.get("CACHE_URL")])]


def ask_at_once(site, headers_of) -> Counter:
    """Return how often each status was the answer to ASKED requests that begin at the same moment."""
    start, statuses = threading.Barrier(ASKED), []

    def ask(number):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        connection.connect()
        start.wait()
        connection.request("GET", "/api/v1/", headers=headers_of(number))
        statuses.append(connection.getresponse().status)
        connection.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(ASKED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(statuses)


@pytest.mark.parametrize("cache", STORES, ids=["file", "cache"][: len(STORES)])
def test_fifty_at_once_get_no_more_than_ten_from_two_workers(cache, tmp_path):
    window = {"API_QUOTA_ADDRESS": QUOTA, "API_QUOTA_SECONDS": 86_400}
    # Counters are stored under the site's own secret, so those of an earlier run do not count.
    with Site(tmp_path / "data", WORKERS=2, CACHE_URL=cache, **window) as site:
        plain = ask_at_once(site, lambda number: {})
        assert plain == {200: QUOTA, 429: ASKED - QUOTA}
        forged = ask_at_once(site, lambda number: {"X-Forwarded-For": f"198.51.100.{number}"})
        assert forged == {429: ASKED}
        assert site.get("/api/").status == 200
        assert not re.search("does not (count|answer)", site.said())

"""Waiting for a condition instead of for a time."""

import time

PAUSE_SECONDS = 0.01


def wait_until(is_so, seconds: float = 10):
    """Return as soon as `is_so()` is true; fail after the timeout."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"Not within {seconds} seconds."
        time.sleep(PAUSE_SECONDS)

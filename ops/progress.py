"""Progress of long work: a line every few seconds with the share that is done and the time that is left."""

import time
from collections.abc import Callable

PAUSE_SECONDS = 3


class Progress:
    """Reports work of known size: `say` gets "Importing: 1,200 of 5,600 entries, 21 %, about 40 s left.".

    Without `unit`, the sizes (such as bytes) are left out. `afterwards` is said at the end of work that more follows.
    """

    def __init__(self, say: Callable[[str], object], work: str, unit: str = "", afterwards: str = ""):
        self._say, self._work, self._unit, self._afterwards = say, work, unit, afterwards
        self._started_at = self._said_at = time.monotonic()

    def reach(self, done: int, total: int) -> None:
        """Say how far the work is, unless that was said a moment ago."""
        now = time.monotonic()
        if done == total and self._afterwards:
            self._say(f"{self._work}: {done:,} {self._unit}. {self._afterwards}")
        if now - self._said_at < PAUSE_SECONDS or not 0 < done < total:
            return
        self._said_at = now
        left = duration((now - self._started_at) * (total - done) / done)
        sizes = f"{done:,} of {total:,} {self._unit}, " if self._unit else ""
        self._say(f"{self._work}: {sizes}{100 * done // total} %, about {left} left.")


def duration(seconds: float) -> str:
    """Return a rough duration, such as "40 s" or "3 min"."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def silent(sentence: str) -> None:
    """Say nothing."""

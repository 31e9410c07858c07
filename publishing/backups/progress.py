"""What is said during a long run: how far it is, every few seconds."""

import time
from collections.abc import Callable

EVERY_SECONDS = 3


class Progress:
    """Call it with what is being done, how much is done, and of how much, in bytes. The first lines wait, so that a
    short run says nothing."""

    def __init__(self, say: Callable[[str], None]):
        self.say, self.next_at = say, time.monotonic() + EVERY_SECONDS

    def __call__(self, doing: str, done: int, total: int | None = None):
        if time.monotonic() < self.next_at:
            return
        self.next_at = time.monotonic() + EVERY_SECONDS
        if total:
            self.say(f"{doing}: {100 * done // total} % of {size_in_words(total)}.")
        else:
            self.say(f"{doing}: {size_in_words(done)}.")


def size_in_words(size: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"

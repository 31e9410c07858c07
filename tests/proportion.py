"""Time in proportion to the size of the input, as growth between two sizes: a slow or busy machine is so for both."""

from collections.abc import Callable
from time import process_time

TIMES, ROUNDS = 16, 5
MOMENT_SECONDS = 0.001  # of a processor; in less, other things than the size count


def assert_time_in_proportion(work: Callable[[int], object], size: int):
    """Run `work` with `size` and with a 16th of it. Of the growth, 16 is linear, 256 quadratic, and 64 is allowed."""
    work(size // TIMES)  # what is built once
    growths = []
    for _ in range(ROUNDS):
        few = min(_seconds(work, size // TIMES) for _ in range(3))
        growths.append(_seconds(work, size) / max(few, MOMENT_SECONDS))
        if growths[-1] < TIMES**1.5:
            return
    raise AssertionError(f"The time for {TIMES} times as much grows by {[round(growth) for growth in growths]}.")


def _seconds(work: Callable[[int], object], size: int) -> float:
    begun = process_time()
    work(size)
    return process_time() - begun

"""Costly requests take turns within a process, so that threads are left for cached pages and for forms.

The interpreter runs one thread at a time, so computing one answer after the other delays none of them on average. A
request that waits holds a thread, so only MOST_WAITING may wait, for at most WAIT_SECONDS.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps

logger = logging.getLogger(__name__)
WAIT_SECONDS = 1.5
RETRY_SECONDS = 3  # as Retry-After, and until a page reloads by itself
# Of the threads that `manage.py serve` gives each process: besides one that computes, and those that wait for a body.
MOST_WAITING = 5
BUSY = "The site is busy: costly requests are answered with 503. More of them in the next minute are not logged."
LOG_SECONDS = 60


class BusyError(Exception):
    """The turn of a request did not come in time. Views may leave it uncaught: it becomes a 503."""


_turn = threading.Lock()
_thread = threading.local()  # `has_turn`
_places = threading.BoundedSemaphore(MOST_WAITING + 1)
_logged_at = -LOG_SECONDS


@contextmanager
def turn() -> Iterator[None]:
    """Run the block when no other thread of the process runs one. Raises BusyError. Turns may be nested."""
    if getattr(_thread, "has_turn", False):
        yield
        return
    if not _places.acquire(blocking=False):
        raise _refusal()
    try:
        if not _turn.acquire(timeout=WAIT_SECONDS):
            raise _refusal()
        _thread.has_turn = True
        try:
            yield
        finally:
            _thread.has_turn = False
            _turn.release()
    finally:
        _places.release()


def _refusal() -> BusyError:
    global _logged_at
    if time.monotonic() - _logged_at >= LOG_SECONDS:
        _logged_at = time.monotonic()
        logger.warning(BUSY)
    return BusyError()


def takes_turns[V: Callable](view: V) -> V:
    """Decorate a view that is costly with parameters that anybody can vary."""

    @wraps(view)
    def taking_turns(*args, **kwargs):
        with turn():
            return view(*args, **kwargs)

    return taking_turns  # pyright: ignore[reportReturnType] it has the parameters of `view`


def posts_take_turns[M: Callable](method: M) -> M:
    """Decorate a method with a request as its first parameter: what a form sends is costly, the form itself is not."""

    @wraps(method)
    def taking_turns(self, request, *args, **kwargs):
        with turn() if request.method == "POST" else nullcontext():
            return method(self, request, *args, **kwargs)

    return taking_turns  # pyright: ignore[reportReturnType] it has the parameters of `method`

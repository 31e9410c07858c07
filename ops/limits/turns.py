"""Costly requests take turns within a process, so that threads are left for cached pages and for forms.

The interpreter runs one thread at a time, so computing one answer after the other delays none of them on average. A
request that waits holds a thread, so only a few may wait, for at most WAIT_SECONDS. Those of staff go first and have
places of their own, so that readers keep nobody from saving.
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
# Of the threads that `manage.py serve` gives each process, besides those that wait for a body: who computes or waits.
READERS_AT_ONCE, STAFF_AT_ONCE = 3, 4
BUSY = "The site is busy: costly requests are answered with 503. More of them in the next minute are not logged."
LOG_SECONDS = 60


class BusyError(Exception):
    """The turn of a request did not come in time. Views may leave it uncaught: it becomes a 503."""


class _Turn:
    """A lock that goes to staff before others who wait for it."""

    def __init__(self):
        self._changed = threading.Condition()
        self._is_taken, self._staff_waiting = False, 0

    def acquire(self, timeout: float, *, is_staff: bool) -> bool:
        with self._changed:
            self._staff_waiting += is_staff
            is_mine = self._changed.wait_for(
                lambda: not self._is_taken and (is_staff or not self._staff_waiting), timeout
            )
            self._staff_waiting -= is_staff
            self._is_taken = self._is_taken or is_mine
            return is_mine

    def release(self) -> None:
        with self._changed:
            self._is_taken = False
            self._changed.notify_all()


_turn = _Turn()
_thread = threading.local()  # `has_turn`
_places = {False: threading.BoundedSemaphore(READERS_AT_ONCE), True: threading.BoundedSemaphore(STAFF_AT_ONCE)}
_logged_at = -LOG_SECONDS


@contextmanager
def turn(*, is_staff: bool = False) -> Iterator[None]:
    """Run the block when no other thread of the process runs one. Raises BusyError. Turns may be nested."""
    if getattr(_thread, "has_turn", False):
        yield
        return
    if not _places[is_staff].acquire(blocking=False):
        raise _refusal()
    try:
        if not _turn.acquire(WAIT_SECONDS, is_staff=is_staff):
            raise _refusal()
        _thread.has_turn = True
        try:
            yield
        finally:
            _thread.has_turn = False
            _turn.release()
    finally:
        _places[is_staff].release()


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
    """Decorate a method of the admin with a request: what a form sends is costly, the form itself is not."""

    @wraps(method)
    def taking_turns(self, request, *args, **kwargs):
        with turn(is_staff=True) if request.method == "POST" else nullcontext():
            return method(self, request, *args, **kwargs)

    return taking_turns  # pyright: ignore[reportReturnType] it has the parameters of `method`

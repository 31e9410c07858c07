"""Costly requests take turns within a process, so that threads are left for cached pages and for forms.

The interpreter runs one thread at a time, so computing one answer after the other delays none of them on average. A
request that waits holds a thread, so only a few may wait, for at most WAIT_SECONDS. Staff and readers have turns of
their own, so that readers keep nobody from saving, and a save that waits for the database keeps nobody from searching.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps

logger = logging.getLogger(__name__)
WAIT_SECONDS = 1.5
STAFF_WAIT_SECONDS = 10  # what they typed is better kept late than sent again
RETRY_SECONDS = 3  # as Retry-After, and until a page reloads by itself
# Of the threads that `manage.py serve` gives each process, besides those that wait for a body: who computes or waits.
READERS_AT_ONCE, STAFF_AT_ONCE = 6, 4
BUSY = "The site is busy: costly requests are answered with 503. More of them in the next minute are not logged."
LOG_SECONDS = 60


class BusyError(Exception):
    """The turn of a request did not come in time. Views may leave it uncaught: it becomes a 503."""


_pages_turn = threading.Lock()
_thread = threading.local()  # `has_turn`
# By whether it is staff.
_turns = {False: threading.Lock(), True: threading.Lock()}
_places = {False: threading.BoundedSemaphore(READERS_AT_ONCE), True: threading.BoundedSemaphore(STAFF_AT_ONCE)}
_logged_at = -LOG_SECONDS


@contextmanager
def turn(*, is_staff: bool = False) -> Iterator[None]:
    """Run the block when no other reader, or nobody else of staff, runs one in this process. May be nested.

    Raises BusyError.
    """
    if getattr(_thread, "has_turn", False):
        yield
        return
    if not _places[is_staff].acquire(blocking=False):
        raise _refusal()
    try:
        if not _turns[is_staff].acquire(timeout=STAFF_WAIT_SECONDS if is_staff else WAIT_SECONDS):
            raise _refusal()
        _thread.has_turn = True
        try:
            yield
        finally:
            _thread.has_turn = False
            _turns[is_staff].release()
    finally:
        _places[is_staff].release()


@contextmanager
def page_turn() -> Iterator[None]:
    """Run the block when no other page for the cache is being made in this process, or after WAIT_SECONDS anyway.

    Threads that make pages at once slow down each other and all else: with one at a time a loaded site answered four
    times faster. Nobody is refused, and a database that does not respond holds up each reader once.
    """
    is_mine = _pages_turn.acquire(timeout=WAIT_SECONDS)
    try:
        yield
    finally:
        if is_mine:
            _pages_turn.release()


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

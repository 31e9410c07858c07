"""Mark views whose responses may be cached, and the query parameters they accept. Others are never cached."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar
from functools import wraps
from operator import not_
from typing import Any

from ops.limits.turns import turn

Pairs = list[tuple[str, str]]
LATER_PAGE = re.compile(r"[2-9]|[1-9][0-9]{1,5}", re.ASCII)


def only_page_parameter(pairs: Pairs) -> bool:
    """Accept no parameters, or a page after the first. The view responds with 404 if that page does not exist."""
    return not pairs or (len(pairs) == 1 and pairs[0][0] == "page" and is_later_page(pairs[0][1]))


def is_later_page(text: str) -> bool:
    return bool(LATER_PAGE.fullmatch(text))


def cacheable[V: Callable](understands: Callable[[Pairs], bool] = not_) -> Callable[[V], V]:
    """Mark a view whose response is the same for everyone without a session: a page of records and dates.

    `understands` gets the query and must reject ignored parameters and free text, which would multiply cache keys.
    Requests with such a query are made anew each time, so they take turns.
    """

    def mark(view: Any) -> Any:
        @wraps(view)
        def marked(request, *args, **kwargs):
            pairs = [(name, value) for name, values in request.GET.lists() for value in values]
            with turn() if pairs and not understands(pairs) else nullcontext():
                return view(request, *args, **kwargs)

        marked.understands = understands  # pyright: ignore[reportAttributeAccessIssue] read by the page cache
        return marked

    return mark


_may_be_kept = ContextVar("_may_be_kept", default=True)


def do_not_cache() -> None:
    """Mark the page being made as possibly older than a write before the request, so that it is not cached."""
    _may_be_kept.set(False)


def render_page(make: Callable) -> tuple:
    """Return the page that `make` returns, and whether it may be cached."""
    token = _may_be_kept.set(True)
    try:
        return make(), _may_be_kept.get()
    finally:
        _may_be_kept.reset(token)

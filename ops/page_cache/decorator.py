"""Which answers may be kept: a view says so, and with which parameters. What nobody speaks of is asked of Django."""

import re
from collections.abc import Callable
from contextvars import ContextVar

Pairs = list[tuple[str, str]]
LATER_PAGE = re.compile(r"[2-9]|[1-9][0-9]{1,5}", re.ASCII)


def no_parameters(pairs: Pairs) -> bool:
    return not pairs


def page_alone(pairs: Pairs) -> bool:
    """Of a list: nothing, or a page after the first. Whether there is one the view says, by a 404."""
    return not pairs or (len(pairs) == 1 and pairs[0][0] == "page" and is_later_page(pairs[0][1]))


def is_later_page(text: str) -> bool:
    return bool(LATER_PAGE.fullmatch(text))


def cacheable(understands: Callable[[Pairs], bool] = no_parameters):
    """Mark a view whose answer is the same for everybody without a session: a page of records and dates.

    `understands` gets the names and values of the address. It says no to what the view passes over and to whatever
    could be any text, so that nobody makes more addresses than there are pages.
    """

    def mark(view):
        view.understands = understands
        return view

    return mark


_may_be_kept = ContextVar("_may_be_kept", default=True)


def do_not_cache():
    """Say of the page that is being made that it may be older than what was written before it was asked for."""
    _may_be_kept.set(False)


def made(make: Callable):
    """Return what `make` returns, a page, and whether it may be kept."""
    token = _may_be_kept.set(True)
    try:
        return make(), _may_be_kept.get()
    finally:
        _may_be_kept.reset(token)

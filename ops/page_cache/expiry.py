"""Until when a page stays right if nobody writes anything."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.utils import timezone

MEMORY_SECONDS = 60
# Functions from a moment to those after it at which pages may change by the clock alone, besides midnight.
announced: list[Callable[[datetime], list[datetime]]] = []

_last = (None, 0.0, 0.0)  # number of the content, since when it was asked, and the moment


def next_moment(number: int, since: float) -> float:
    """Return when something changes by the clock alone, in seconds since 1970, while the content has this number.

    A text appears or goes, an update of one goes live, or a day begins, with which status, prices and all dates may be
    others. One moment for all pages, since most show something of others. Five queries a minute, or none.

    `since` is when it was begun to make what may end then: a moment that came meanwhile is the end of it too.
    """
    global _last
    asked_for, asked_since, moment = _last
    if asked_for != number or not asked_since <= since < min(moment, asked_since + MEMORY_SECONDS):
        begun = datetime.fromtimestamp(since, UTC)
        moment = min([_midnight(begun), *(moment for later in announced for moment in later(begun))]).timestamp()
        _last = number, since, moment
    return moment


def _midnight(since: datetime) -> datetime:
    """When the next day begins where the site is; a clock that is put forward then skips no more than an hour."""
    return timezone.make_aware(datetime.combine(timezone.localdate(since) + timedelta(days=1), datetime.min.time()))

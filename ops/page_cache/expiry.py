"""How long cached pages last without any write."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.utils import timezone

# How long a page is served at most. A change by a process killed between its commit and its raise, or by an SQLite
# shell, is visible after this time.
LIFE_SECONDS = 60
DEAF_SECONDS = 1  # the same, while changes by other hosts are not received
MEMORY_SECONDS = 60
# Functions from a moment to later ones at which pages may change by the clock alone, besides midnight.
announced: list[Callable[[datetime], list[datetime]]] = []

_last = (None, 0.0, 0.0)  # content version, start of the page it was computed for, and the moment


def next_moment(number: int, since: float) -> float:
    """Return when something next changes by the clock alone, in seconds since 1970. Four queries a minute, or none.

    A text appears or disappears, an update goes live, or a day begins. All pages share it, since most show parts of
    others. `since` is when rendering began: a moment that passes during rendering counts too.
    """
    global _last
    asked_for, asked_since, moment = _last
    if asked_for != number or not asked_since <= since < min(moment, asked_since + MEMORY_SECONDS):
        begun = datetime.fromtimestamp(since, UTC)
        tomorrow = timezone.localdate(begun) + timedelta(days=1)
        # At most an hour off if clocks change at midnight.
        midnight = timezone.make_aware(datetime.combine(tomorrow, datetime.min.time()))
        moment = min([midnight, *(moment for later in announced for moment in later(begun))]).timestamp()
        _last = number, since, moment
    return moment

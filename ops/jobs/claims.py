"""Moments by which processes claim work, stored by one process and compared with the clock of another."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

CLOCK_SKEW = timedelta(minutes=1)  # the clocks of several machines differ by less


def lapsed(column: str, patience: timedelta) -> Q:
    """Return the condition that the moment in `column` is at least `patience` ago, so that what it claims is free.

    A moment in the future was stored by a wrong clock. It would hold its claim until then, so it counts as lapsed.
    """
    now = timezone.now()
    return Q(**{f"{column}__lte": now - patience}) | Q(**{f"{column}__gt": now + CLOCK_SKEW})


def recent(column: str, patience: timedelta) -> Q:
    """Return the condition that the moment in `column` is less than `patience` ago, and not in the future."""
    now = timezone.now()
    return Q(**{f"{column}__gt": now - patience, f"{column}__lte": now + CLOCK_SKEW})

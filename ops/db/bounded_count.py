"""Counts for lists that may have a million rows: exact up to 10,000, "more than 10,000" above."""

from typing import NamedTuple

from django.db.models import QuerySet

MOST_COUNTED = 10_000


class More(int):
    """A lower bound: there are more than this many."""

    is_more = True

    def __str__(self):
        return f"more than {self.least}"

    @property
    def least(self) -> str:
        return f"{int(self):,}"


class Words(NamedTuple):
    """A number as it is shown, and how a screen reader reads it out if that differs."""

    shown: str
    said: str = ""


def counted(queryset: QuerySet) -> int:
    """Return the number of rows, as `More` if there are more than MOST_COUNTED. One query."""
    number = queryset.order_by()[: MOST_COUNTED + 1].count()
    return number if number <= MOST_COUNTED else More(MOST_COUNTED)


def in_words(number: int) -> Words:
    """Return a number as readers see it: above ten thousand the last digits do not matter."""
    if number > MOST_COUNTED:
        number = More(MOST_COUNTED)
    if isinstance(number, More):
        return Words(f"{number.least}+", str(number))
    return Words(f"{number:,}")

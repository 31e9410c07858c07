"""Lists that may be of a million rows: counted to 10,000, and then it is said that there are more."""

from dataclasses import dataclass

MOST_COUNTED = 10_000


class More(int):
    """A number of which it is said that there are more."""

    is_more = True

    def __str__(self):
        return f"more than {self.least}"

    @property
    def least(self) -> str:
        return f"{int(self):,}"


@dataclass(frozen=True)
class Words:
    """A number as it is shown, and as it is said where that is something else."""

    shown: str
    said: str = ""


def counted(queryset) -> int:
    """Return how many rows there are, `More` where they are more than are counted. One query."""
    return bounded(queryset.order_by()[: MOST_COUNTED + 1].count())


def bounded(number: int) -> int:
    return number if number <= MOST_COUNTED else More(MOST_COUNTED)


def in_words(number: int) -> Words:
    """Return a number as readers get it: beyond ten thousand nobody needs the last digit."""
    number = bounded(number)
    if isinstance(number, More):
        return Words(f"{number.least}+", str(number))
    return Words(f"{number:,}")

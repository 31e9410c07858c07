"""Values that change on known days, as periods."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period[V]:
    """A value from the day `since` until the day before `until`; None for an open end."""

    value: V
    since: date | None
    until: date | None


def periods[V](turns: Iterable[date], value_on: Callable[[date], V]) -> list[Period[V]]:
    """Return the periods of `value_on`, which changes only on the days `turns`, from the first day to the last.

    Adjacent periods with the same value are merged.
    """
    found: list[tuple[date | None, V]] = [(None, value_on(date.min))]
    for turn in sorted(set(turns)):
        value = value_on(turn)
        if value != found[-1][1]:
            found.append((turn, value))
    ends = [*(since for since, _ in found[1:]), None]
    return [Period(value, since, until) for (since, value), until in zip(found, ends, strict=True)]

"""The figure of upcoming retirements: a bar for each model from its release to its last day of service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.models import ModelSummary
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound

MOST = 24
PAST, FUTURE = timedelta(days=550), timedelta(days=250)  # from today: the most and the least that is shown
HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True)
class LifetimeBar:
    """`start` and `end` are in percent of the width. `start` is 0 if the release is unknown or earlier."""

    name: str
    vendors: str
    end_words: str
    start: float
    end: float
    is_exact: bool

    @property
    def width(self) -> float:
        return max(self.end - self.start, 0.3)


@dataclass(frozen=True)
class Timeline:
    """Positions are in percent of the width; `years` are those that begin, with their positions."""

    bars: list[LifetimeBar]
    years: list[tuple[float, int]]
    today: float
    soon_width: float  # of the next six months


def timeline(ends: Iterable, today: date) -> Timeline | None:
    """Return the figure of the nearest retirements, given by entries of the timeline; None if there are none. A query.

    A model with several dates has a bar up to the first.
    """
    nearest = {end.model_id: end for end in reversed([*ends])}
    found = sorted(nearest.values(), key=lambda end: end.date)[:MOST]
    if not found:
        return None
    models = ModelSummary.objects.filter(model_id__in=nearest).values_list("model_id", "released_on", "row")
    about = {key: (PartialDate.parse(written).first_day if written else None, row) for key, written, row in models}
    first = today - PAST
    last = max(today + FUTURE, *(PartialDate.parse(end.date).last_day + timedelta(days=30) for end in found))

    def place(day: date | None) -> float:
        return 0 if day is None else round(100 * max(day - first, timedelta()) / (last - first), 2)

    bars = []
    for end in found:
        (released, row), period = about.get(end.model_id, (None, {})), PartialDate.parse(end.date)
        vendors = ", ".join(vendor["name"] for vendor in row.get("vendors", ()))
        words = f"{'not before ' if end.bound == Bound.NOT_BEFORE else ''}{period}"
        is_exact = end.bound == Bound.EXACT
        bars.append(LifetimeBar(end.name, vendors, words, place(released), place(period.last_day), is_exact))
    years = [(place(date(year, 1, 1)), year) for year in range(first.year + 1, last.year + 1)]
    return Timeline(bars, years, place(today), round(place(today + HALF_A_YEAR) - place(today), 2))

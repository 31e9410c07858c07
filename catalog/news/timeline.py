"""Dated ends of service, and their figure: a bar for each model from its release to its last day of service."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet

from catalog.documents import read
from catalog.models import TimelineEntry
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind

YEAR = timedelta(days=365)
BY_DATE = ("date", "last_day", "model_id", "bound")  # like an index
ENDS = TimelineEntry.objects.filter(kind=EventKind.RETIRED)
MOST = 24
PAST, FUTURE, MARGIN, FAR = (timedelta(days=days) for days in (550, 250, 30, 1500))
HALF_A_YEAR = timedelta(days=183)


def retirements_ahead(day: date) -> QuerySet[TimelineEntry]:
    """Return retirements after `day`, nearest first, including those with only an earliest date."""
    return _ends().filter(last_day__gt=day, date__gte=str(day.year)).order_by(*BY_DATE)


def retirements_between(first: date, last: date) -> QuerySet[TimelineEntry]:
    """Return retirements from `first` to `last`, both included."""
    ends = _ends().filter(last_day__range=(first, last), date__gte=str(first.year), date__lte=str(last))
    return ends.order_by(*BY_DATE)


def retirements_of_last_year(day: date) -> QuerySet[TimelineEntry]:
    """Return retirements in the year up to `day`, latest first."""
    return retirements_between(day - YEAR + timedelta(days=1), day).filter(bound=Bound.EXACT).reverse()


def timeline(ends: Iterable[TimelineEntry], today: date, most: int = MOST) -> dict | None:
    """Return the figure of the nearest retirements, one for each model; None if there are none.

    Positions are in percent of the width, as text. `bars` are (entry, names of the vendors, start, end), with the start
    0 if the release is unknown or earlier; `years` are (position of the first day, year).
    """
    nearest = {end.model_id: end for end in sorted(ends, key=lambda end: end.date, reverse=True)}
    if not nearest:
        return None
    shown = sorted(nearest.values(), key=lambda end: end.date)[:most]
    first, latest = today - PAST, max(end.period.last_day for end in shown)
    last = max(today + FUTURE, min(latest, today + FAR) + MARGIN)

    def place(day: date) -> str:
        return percent(min(max(day, first), last) - first)

    def percent(time: timedelta) -> str:
        return str(round(100 * time / (last - first), 2))

    bars = []
    for end in shown:
        written = end.row.get("released_on")
        start = place(PartialDate.parse(written).first_day) if written else "0"
        bars.append((end, ", ".join(end.row.get("vendors", ())), start, place(end.period.last_day)))
    years = [(place(date(year, 1, 1)), str(year)) for year in range(first.year + 1, last.year + 1)]
    return {"bars": bars, "years": years, "today": place(today), "half_a_year": percent(HALF_A_YEAR)}


def _ends() -> QuerySet[TimelineEntry]:
    read.stamp_pending_changes()
    return ENDS.all()

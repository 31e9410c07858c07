"""Dated last days, and their figure: a bar for each model from its release to its last day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, Self

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html

from catalog.documents import read
from catalog.documents.timeline import LEFT
from catalog.models import TimelineEntry
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind
from catalog.svg.rows import Row, RowChart, percent, span
from catalog.svg.rows import end as end_mark

YEAR = timedelta(days=365)
BY_DATE = ("date", "last_day", "model_id", "bound")  # like an index
ENDS = TimelineEntry.objects.filter(kind=EventKind.RETIRED)
DEPARTURES = TimelineEntry.objects.filter(kind=LEFT)
FUTURE, MARGIN, FAR = (timedelta(days=days) for days in (250, 30, 1500))
SOON_DAYS = 30  # a last day that is nearer stands out
HALF_A_YEAR = timedelta(days=183)
SOON = '<rect class="lifetimes__soon" x="{}%" width="{}%" height="100%"/>'
NOT_BEFORE = "not before "
ABOUT = '{}{}<time datetime="{}">{}</time>'


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


def departures_until(day: date) -> QuerySet[TimelineEntry]:
    """Return the models that have left their vendors' lists by `day` and have no known end, the latest first."""
    read.stamp_pending_changes()
    return DEPARTURES.filter(last_day__lte=day).order_by("-date", "name")


class EndRow(NamedTuple):
    """A retirement, or a departure from a vendor's list, as a row of a table; `sources` and `heirs` are HTML.

    `models` are those of a row for several. `number` is that of its sources in a list below the table, None without
    such a list.
    """

    entry: TimelineEntry
    sources: str = ""
    heirs: str = ""
    models: Sequence[TimelineEntry] = ()
    number: int | None = None

    @property
    def days_left(self) -> int | None:
        """Return the days from today on; None if only a month, a year or an earliest day is known."""
        is_exact = self.entry.bound == Bound.EXACT and self.entry.period.first_day == self.entry.last_day
        return (self.entry.last_day - timezone.localdate()).days if is_exact else None

    @property
    def is_soon(self) -> bool:
        return self.days_left is not None and self.days_left <= SOON_DAYS

    @property
    def hosts(self) -> list[dict]:
        """Return the providers that end it, but not the own API of a vendor that ends it."""
        row = self.entry.row
        return [place for place in row["places"] if not (row["is_of_model"] and place.get("is_own"))]


class Life(NamedTuple):
    """A model from its release to its last day, as partial dates; "" for unknown or none."""

    name: str
    path: str
    released_on: str
    ends_on: str = ""
    is_open: bool = False  # it ends on that day at the earliest
    who: str = ""

    @classmethod
    def of(cls, end: TimelineEntry) -> Self:
        vendors = ", ".join(end.row.get("vendors", ()))
        who = vendors if end.row["is_of_model"] else f"via {end.places}"
        return cls(end.name, end.path, end.row.get("released_on") or "", end.date, end.bound == Bound.NOT_BEFORE, who)

    @property
    def about(self) -> str:
        """Return who ends it and when, as HTML."""
        if not self.ends_on:
            return f"{self.who}, no last day announced" if self.who else "no last day announced"
        last_day, who = PartialDate.parse(self.ends_on), f"{self.who}, " if self.who else ""
        return format_html(ABOUT, who, NOT_BEFORE if self.is_open else "", self.ends_on, last_day)


def lifetimes(lives: Sequence[Life], today: date, first: date, day: str = "today") -> RowChart:
    """Return bars of lives; those that began before `first`, or of which the release is unknown, begin at the edge."""
    ends = [PartialDate.parse(life.ends_on).last_day if life.ends_on else today for life in lives]
    last = max(today + FUTURE, min(max(ends), today + FAR) + MARGIN)

    def place(day: date) -> str:
        return percent((min(max(day, first), last) - first) / (last - first))

    rows = []
    for life, stop in zip(lives, ends, strict=True):
        start = place(PartialDate.parse(life.released_on).first_day) if life.released_on else "0"
        mark = end_mark(place(stop), life.is_open) if life.ends_on else ""
        style = "lifetimes__bar--past" if stop < today and not life.is_open else ""
        rows.append(Row(life.path, life.name, life.about, span(start, place(stop), mark), style))
    starts = (date(year, 1, 1) for year in range(first.year, last.year + 1))
    years = [(place(start), str(start.year)) for start in starts if start >= first]
    soon = format_html(SOON, place(today), percent(HALF_A_YEAR / (last - first)))
    title = "A bar for each model, from its release to its last day. The dates follow in words."
    return RowChart(title, rows, years, place(today), day, soon)


def _ends() -> QuerySet[TimelineEntry]:
    read.stamp_pending_changes()
    return ENDS.all()

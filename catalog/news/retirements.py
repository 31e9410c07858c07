"""Retirements: future ones, and those of the last year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import QuerySet

from catalog.documents import read
from catalog.models import TimelineEntry
from catalog.pages.cells import links, or_unknown, said_by
from catalog.pages.rows import Named
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind

YEAR = timedelta(days=365)
MONTH = len("2026-11")
BY_DATE = ("date", "last_day", "model_id", "bound")  # like an index
ENDS = TimelineEntry.objects.filter(kind=EventKind.RETIRED).values_list(
    "date", "bound", "name", "path", "row", named=True
)


@dataclass(frozen=True)
class Retirement:
    """A model's retirement according to its vendor, these providers, or both.

    `month` is a year for dates with only a year. `places`, `replacement` and `sources` are HTML.
    """

    model: Named
    period: PartialDate
    month: PartialDate
    bound: str
    is_by_vendor: bool
    places: str
    replacement: str
    sources: str


def retirements_ahead(day: date) -> QuerySet[TimelineEntry]:
    """Return retirements after `day`, nearest first, including those with only an earliest date."""
    return _ends().filter(last_day__gt=day, date__gte=str(day.year)).order_by(*BY_DATE)


def retirements_of_last_year(day: date) -> QuerySet[TimelineEntry]:
    """Return retirements in the year up to `day`, latest first."""
    begin = day - YEAR
    ended = _ends().filter(last_day__gt=begin, date__gte=str(begin.year), last_day__lte=day, date__lte=str(day))
    return ended.filter(bound=Bound.EXACT).order_by(*BY_DATE).reverse()


def retirements(entries: Iterable) -> list[Retirement]:
    """Return the retirements in their order; those on one date are sorted by model name. One query."""
    days = groupby(entries, key=lambda entry: entry.date)
    ordered = [entry for _, same in days for entry in sorted(same, key=lambda entry: entry.name.casefold())]
    sources = read.sources({key for entry in ordered for key, _ in entry.row["sources"]})
    return [_end(entry, sources) for entry in ordered]


def _ends() -> QuerySet[TimelineEntry]:
    read.stamp_pending_changes()
    return ENDS.all()


def _end(entry, sources: dict[str, dict]) -> Retirement:
    row = entry.row
    return Retirement(
        Named(entry.name, entry.path),
        PartialDate.parse(entry.date),
        PartialDate.parse(entry.date[:MONTH]),
        entry.bound,
        row["is_by_vendor"],
        _linked(*row["places"]),
        _linked(*filter(None, [row["replacement"]])) or or_unknown(row["replacement_name"]),
        said_by((sources[key], is_checked) for key, is_checked in row["sources"] if key in sources),
    )


def _linked(*records: dict) -> str:
    return links(tuple((record["path"] or "", record["name"]) for record in records)) if records else ""

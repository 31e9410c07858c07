"""Ends of service by month: those ahead, and those of the last year."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

from django.db.models import QuerySet

from catalog.documents import read
from catalog.models import TimelineEntry
from catalog.pages.cells import said_by
from catalog.pages.rows import Named
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind

YEAR = timedelta(days=365)
MONTH = len("2026-11")


@dataclass
class End:
    """The end of a model, according to its vendor, or these providers, or both. `checked` has the ids of its sources,
    and whether we have checked all that each says; `sources` are they as HTML."""

    model: Named
    period: PartialDate
    bound: str
    is_by_vendor: bool = False
    places: list[Named] = field(default_factory=list)
    replacement: Named | None = None
    replacement_name: str = ""
    checked: dict[str, bool] = field(default_factory=dict)
    sources: str = ""


@dataclass(frozen=True)
class Month:
    """Or a year, of what is known by the year alone."""

    period: PartialDate
    ends: list[End]


class Ends:
    """Ends of service as a paginator wants them: one for all that is said of a model and a date."""

    NAMED_BY = ("date", "model_id", "bound")

    def __init__(self, entries: QuerySet[TimelineEntry], order: str):
        self.entries = entries
        self.places = entries.order_by(order, "model_id", "bound").values_list(*self.NAMED_BY).distinct()

    def count(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        return self.places.count()

    def __getitem__(self, part: slice) -> list[End]:
        places = list(self.places[part])
        dates, models = {place[0] for place in places}, {place[1] for place in places}
        ends = dict.fromkeys(places)
        entries = self.entries.filter(date__in=dates, model_id__in=models).order_by("provider_id", "pk")
        for *place, row in entries.values_list(*self.NAMED_BY, "row"):
            place = tuple(place)
            if place in ends:
                ends[place] = _added(ends[place] or _end(place, row), row)
        found = list(ends.values())
        sources = read.sources({key for end in found for key in end.checked})
        for end in found:
            end.sources = said_by((sources[key], checked) for key, checked in end.checked.items() if key in sources)
        return found


def ends_ahead(day: date) -> Ends:
    """Return the ends after `day`, the nearest first, those known not to come before a date ahead among them."""
    return Ends(_ends().filter(last_day__gt=day), "date")


def ends_of_last_year(day: date) -> Ends:
    """Return what ended in the year up to `day`, the latest first."""
    return Ends(_ends().filter(bound=Bound.EXACT, last_day__lte=day, last_day__gt=day - YEAR), "-date")


def by_month(ends: list[End]) -> list[Month]:
    """Return ends by their months, in their order; those of one date by the names of the models."""
    days = groupby(ends, key=lambda end: end.period.written)
    ordered = [end for _, same in days for end in sorted(same, key=lambda end: end.model.name.casefold())]
    months = groupby(ordered, key=lambda end: end.period.written[:MONTH])
    return [Month(PartialDate.parse(month), list(part)) for month, part in months]


def _ends() -> QuerySet[TimelineEntry]:
    read.bring_up_to_date()
    return TimelineEntry.objects.filter(kind=EventKind.RETIRED)


def _end(place: tuple[str, int, str], row: dict) -> End:
    written, _, bound = place
    return End(_named(row["model"]), PartialDate.parse(written), bound)


def _added(end: End, row: dict) -> End:
    provider = _named(row["provider"])
    end.is_by_vendor = end.is_by_vendor or provider is None
    if provider and provider not in end.places:
        end.places.append(provider)
    end.replacement = end.replacement or _named(row["replacement"])
    end.replacement_name = end.replacement_name or row["replacement_name"] or ""
    for key, is_checked in row["sources"]:
        end.checked[key] = end.checked.get(key, True) and is_checked
    return end


def _named(found: dict | None) -> Named | None:
    return found and Named(found["name"], found["path"] or "", found["slug"])

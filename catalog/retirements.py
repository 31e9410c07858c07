"""Ends of service by month: those ahead, and those of the last year."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Prefetch

from catalog.expressions import end_of
from catalog.models import AIModel, Evidence, Provider, Source
from catalog.news import public_events
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind

MOST = 500  # events of each list that are read; how many more there are is said
YEAR = timedelta(days=365)
MONTH = len("2026-11")


@dataclass
class End:
    """The end of a model, as its maker says, or these providers, or both."""

    model: AIModel
    period: PartialDate
    bound: str
    is_by_maker: bool = False
    places: list[Provider] = field(default_factory=list)
    replacement: AIModel | None = None
    replacement_name: str = ""
    sources: list[tuple[Source, bool]] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """Or a year, of what is known by the year alone."""

    period: PartialDate
    ends: list[End]


@dataclass(frozen=True)
class Ends:
    """`is_cut`: there are more than were read."""

    months: list[Month]
    is_cut: bool


def ends_ahead(day: date) -> Ends:
    """The ends after `day`, the nearest month first; also those of which only is known that they are not before a date
    that is ahead. Two queries."""
    return _by_month(_ends().filter(until__gt=end_of(day)).order_by("date", "pk"), is_newest_first=False)


def ends_of_last_year(day: date) -> Ends:
    """What ended in the year up to `day`, the latest month first. Two queries."""
    happened = _ends().filter(bound=Bound.EXACT, until__lte=end_of(day), until__gt=end_of(day - YEAR))
    return _by_month(happened.order_by("-date", "pk"), is_newest_first=True)


def _ends():
    evidence = Prefetch("evidence", Evidence.objects.select_related("source").order_by("source__title", "pk"))
    ends = public_events().filter(kind=EventKind.RETIRED)
    return ends.with_replacement().prefetch_related(evidence)


def _by_month(events, *, is_newest_first: bool) -> Ends:
    read = list(events[: MOST + 1])
    ends = _together(read[:MOST])
    ends.sort(key=lambda end: (end.model.name.casefold(), end.model.pk))
    ends.sort(key=lambda end: end.period.written, reverse=is_newest_first)
    months = groupby(ends, key=lambda end: end.period.written[:MONTH])
    return Ends([Month(PartialDate.parse(month), list(part)) for month, part in months], len(read) > MOST)


def _together(events) -> list[End]:
    """One end for all that is said of a model and a date."""
    ends = {}
    for event in events:
        model = event.model or event.offering.model
        end = ends.setdefault((model.pk, event.date, event.bound), End(model, event.period, event.bound))
        end.is_by_maker = end.is_by_maker or event.offering_id is None
        place = event.offering and event.offering.provider
        if place and place not in end.places:
            end.places.append(place)
        end.replacement = end.replacement or event.public_replacement
        end.replacement_name = end.replacement_name or event.replacement_name
        for item in event.evidence.all():
            if (item.source, item.is_checked) not in end.sources:
                end.sources.append((item.source, item.is_checked))
    return list(ends.values())

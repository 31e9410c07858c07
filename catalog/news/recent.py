"""Recent changes in the catalogue, and figures that it gives about itself, for the front page."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from statistics import median

from django.db.models import Count, Subquery

from catalog.documents import read
from catalog.documents.storing import TOTAL, VOUCHED
from catalog.documents.timeline import LEFT, PRICE
from catalog.groups import LISTED
from catalog.models import FacetCount, TimelineEntry
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind, Status

NEWS: dict[str, tuple[str, str]] = {
    EventKind.RELEASED: (Status.AVAILABLE, "Released"),
    EventKind.PREVIEW: (Status.PREVIEW, "Preview"),
    EventKind.DEPRECATED: (Status.DEPRECATED, "Deprecation announced"),
    EventKind.RETIRED: (Status.RETIRED, "Last day"),
    LEFT: (Status.DEPRECATED, "Left its vendor’s list"),
}
STATUSES = frozenset(Status.values)
MOST_MEASURED = 1_000


@dataclass
class CatalogueChange:
    """A change for readers. `name` and `url` are those of the model or list; `places` names providers if it is theirs.

    `details` are such as both prices; `key` is permanent; `changed_at` is None if only the day is known.
    """

    period: PartialDate
    name: str
    url: str
    status: str
    label: str
    places: str = ""
    details: str = ""
    key: str = ""
    changed_at: datetime | None = None

    @property
    def is_status(self) -> bool:
        return self.status in STATUSES

    @property
    def note(self) -> str:
        return ". ".join(filter(None, [self.places and f"via {self.places}", self.details]))


def recent_changes(day: date, count: int) -> list[CatalogueChange]:
    """Return releases, ends and new prices up to `day`, newest first. One query."""
    read.stamp_pending_changes()
    before = str(day + timedelta(days=1))
    entries = TimelineEntry.objects.filter(place__gt="", place__lt=before).order_by("-place", "pk")
    rows = entries.values_list("key", "kind", "date", "name", "path", "places", "words")[:count]
    return sorted((_change(*row) for row in rows), key=lambda change: change.period.written, reverse=True)


def record_counts() -> dict:
    """Return counts of the listed and checked models, and of `facts`, prices and dates with a source. One query."""
    read.stamp_pending_changes()
    counts = Counter()
    for group, show, number in _numbers():
        counts[group] += number
        counts[group, show] += number
    return {"models": counts[TOTAL], "checked": counts[TOTAL, "checked"], "facts": counts[VOUCHED]}


def measured() -> dict:
    """Return what stamped records tell of retirements, past and announced. One query.

    `lives` is the median in days from the release of a model to its last day at its vendor, with the number of cases,
    or None. `notices` are the days from the announcement to that day: their range, and the median of each vendor.
    """
    at_vendors = TimelineEntry.objects.filter(kind=EventKind.RETIRED, bound=Bound.EXACT, row__is_of_model=True)
    latest = at_vendors.order_by("-date", "pk")[:MOST_MEASURED]
    rows = latest.values_list("model_id", "row__days", "row__notice", "row__vendors")
    by_model = {model: measures for model, *measures in reversed(rows)}
    notices = defaultdict(list)
    for _, notice, vendors in by_model.values():
        if notice is not None and notice >= 0:
            notices[" and ".join(vendors)].append(notice)
    return {"lives": _median(days for days, *_ in by_model.values()), "notices": _notices(notices)}


def _median(days: Iterable[int | None]) -> dict | None:
    spans = [span for span in days if span is not None and span >= 0]
    return {"days": round(median(spans)), "cases": len(spans)} if spans else None


def _notices(by_vendor: dict[str, list[int]]) -> dict | None:
    every = sorted(chain(*by_vendor.values()))
    medians = [(vendor, round(median(days))) for vendor, days in sorted(by_vendor.items())]
    return {"cases": len(every), "shortest": every[0], "longest": every[-1], "vendors": medians} if every else None


def models_with_ends() -> tuple[int, int]:
    """Return the numbers of models with an end, past or coming, and of listed models. One query."""
    read.stamp_pending_changes()
    ended = TimelineEntry.objects.filter(kind=EventKind.RETIRED).order_by().values("kind")
    number_ended = Subquery(ended.values(number=Count("model_id", distinct=True)))
    totals = FacetCount.objects.filter(group=TOTAL, show__in=LISTED).values_list("number", number_ended)
    return max((ended or 0 for _, ended in totals), default=0), sum(number for number, _ in totals)


def _numbers():
    counts = FacetCount.objects.filter(group__in=[TOTAL, VOUCHED], show__in=LISTED)
    return counts.values_list("group", "show", "number")


def _change(key: str, kind: str, written: str, name: str, path: str, places: str, details: str) -> CatalogueChange:
    status, label = NEWS.get(kind, (PRICE, "New price"))
    return CatalogueChange(PartialDate.parse(written), name, path, str(status), label, places, details, key)

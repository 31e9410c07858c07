"""What changed in the catalogue, and how much of it has a source: for the front page."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from catalog.documents import read
from catalog.documents.storing import TOTAL, VOUCHED
from catalog.models import FacetCount, ModelSummary, TimelineEntry
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind, Status

NEWS = {
    EventKind.RELEASED: (Status.AVAILABLE, "Released"),
    EventKind.PREVIEW: (Status.PREVIEW, "Preview"),
    EventKind.DEPRECATED: (Status.DEPRECATED, "End announced"),
    EventKind.RETIRED: (Status.RETIRED, "End of service"),
}
ENTRIES = TimelineEntry.objects.values_list("key", "kind", "date", "name", "path", "places", "words")
STATUSES = frozenset(Status.values)
PRICE = "price"
CHECKED = "checked"
LISTED = (CHECKED, "unchecked")


@dataclass
class Change:
    """`name` and `url` say what changed. `places` names providers, where not the model itself changed. `words` say
    more, as a price and the one before.

    `key` tells it from all other changes, for good. `changed_at` is the moment, where more than the day is known.
    """

    period: PartialDate
    name: str
    url: str
    status: str
    label: str
    places: str = ""
    words: str = ""
    key: str = ""
    changed_at: datetime | None = None

    @property
    def is_status(self) -> bool:
        return self.status in STATUSES

    @property
    def note(self) -> str:
        return ". ".join(filter(None, [self.places and f"at {self.places}", self.words]))


def recent_changes(day: date, count: int) -> list[Change]:
    """Return what happened by `day`, the newest first: releases, ends, new prices. One query."""
    happened = _entries().filter(place__gt="", place__lt=str(day + timedelta(days=1))).order_by("-place", "pk")
    return sorted((_change(*row) for row in happened[:count]), key=lambda change: change.period.written, reverse=True)


def coming_ends(day: date, count: int) -> list[Change]:
    """Return the ends of service after `day` that have a date, the nearest first. One query."""
    ends = _entries().filter(kind=EventKind.RETIRED, bound=Bound.EXACT, last_day__gt=day)
    return [_change(*row) for row in ends.order_by("last_day", "date", "pk")[:count]]


def record_counts() -> dict:
    """Return the numbers of listed models (`models`), and of facts, prices and dates with a source (`facts`), and the
    day of the last check (`checked_on`, None if there was none). Two queries."""
    read.bring_up_to_date()
    rows = FacetCount.objects.filter(group__in=[TOTAL, VOUCHED], show__in=LISTED).values_list("group", "number")
    counts = Counter()
    for group, number in rows:
        counts[group] += number
    checked = ModelSummary.objects.filter(show=CHECKED).order_by("-checked_on").values_list("checked_on", flat=True)
    return {"models": counts[TOTAL], "facts": counts[VOUCHED], "checked_on": checked.first()}


def _entries():
    read.bring_up_to_date()
    return ENTRIES.all()


def _change(key: str, kind: str, written: str, name: str, path: str, places: str, words: str) -> Change:
    status, label = NEWS.get(kind, (PRICE, "New price"))
    return Change(PartialDate.parse(written), name, path, str(status), label, places, words, key)

"""Recent changes in the catalogue and the number of sourced facts, for the front page."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from catalog.browse.groups import LISTED
from catalog.documents import read
from catalog.documents.storing import TOTAL, VOUCHED
from catalog.models import FacetCount, ModelSummary, TimelineEntry
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import EventKind, Status

NEWS: dict[str, tuple[str, str]] = {
    EventKind.RELEASED: (Status.AVAILABLE, "Released"),
    EventKind.PREVIEW: (Status.PREVIEW, "Preview"),
    EventKind.DEPRECATED: (Status.DEPRECATED, "Deprecation announced"),
    EventKind.RETIRED: (Status.RETIRED, "End of service"),
}
STATUSES = frozenset(Status.values)
PRICE = "price"
CHECKED = "checked"


@dataclass
class CatalogueChange:
    """A change for readers. `name` and `url` are those of the model or list; `places` names providers if it is theirs.

    `words` has details, such as both prices; `key` is permanent; `changed_at` is None if only the day is known.
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


def recent_changes(day: date, count: int) -> list[CatalogueChange]:
    """Return releases, ends and new prices up to `day`, newest first. One query."""
    happened = _happened(str(day + timedelta(days=1)))[:count]
    return sorted((_change(*row) for row in happened), key=lambda change: change.period.written, reverse=True)


def _happened(before):
    read.stamp_pending_changes()
    entries = TimelineEntry.objects.filter(place__gt="", place__lt=before).order_by("-place", "pk")
    return entries.values_list("key", "kind", "date", "name", "path", "places", "words")


def record_counts() -> dict:
    """Return figures about the listed models. Two queries.

    `facts` counts facts, prices and dates with a source; `checked` models that we have checked, and `checked_on` is the
    day of the last check, or None.
    """
    read.stamp_pending_changes()
    counts = Counter()
    for group, show, number in _numbers():
        counts[group] += number
        counts[group, show] += number
    return {
        "models": counts[TOTAL],
        "facts": counts[VOUCHED],
        "checked": counts[TOTAL, CHECKED],
        "checked_on": _last_check().first(),
    }


def number_of_models() -> int:
    """Return the number of listed models. One query."""
    return sum(number for group, _, number in _numbers() if group == TOTAL)


def _numbers():
    counts = FacetCount.objects.filter(group__in=[TOTAL, VOUCHED], show__in=LISTED)
    return counts.values_list("group", "show", "number")


def _last_check():
    checked = ModelSummary.objects.filter(show=CHECKED).order_by("-checked_on")
    return checked.values_list("checked_on", flat=True)


def _change(key: str, kind: str, written: str, name: str, path: str, places: str, words: str) -> CatalogueChange:
    status, label = NEWS.get(kind, (PRICE, "New price"))
    return CatalogueChange(PartialDate.parse(written), name, path, str(status), label, places, words, key)

"""What changed in the catalogue, and how much of it has a source: for the front page."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce

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
STATUSES = frozenset(Status.values)
PRICE = "price"
CHECKED = "checked"
LISTED = (CHECKED, "unchecked")
READ_AT_MOST = 60  # entries, before those of several providers are put together
MOST_TOGETHER = 3  # so many providers are reckoned with for each, where many changes are asked for


@dataclass
class Change:
    """`name` and `url` say what changed. `places` are providers, where not the model itself changed. `words` say more,
    as a price and the one before.

    `key` tells it from all other changes, for good. `changed_at` is the moment, where more than the day is known.
    """

    period: PartialDate
    name: str
    url: str
    status: str
    label: str
    places: list[str]
    words: str = ""
    key: str = ""
    changed_at: datetime | None = None

    @property
    def is_status(self) -> bool:
        return self.status in STATUSES

    @property
    def note(self) -> str:
        places = f"at {', '.join(self.places)}" if self.places else ""
        return ". ".join(filter(None, [places, self.words]))


def recent_changes(day: date, count: int) -> list[Change]:
    """Return what happened by `day`, the newest first: releases, ends, new prices. Two queries."""
    happened = _entries().filter(bound=Bound.EXACT, last_day__lte=day).order_by("-last_day", "-date", "pk")
    most = max(READ_AT_MOST, MOST_TOGETHER * count)
    events = happened.filter(kind__in=NEWS, last_day__gte=_day_of_release(most, day))
    changes = _as_changes(events[:most], count) + _as_changes(happened.filter(kind=PRICE)[:count], count)
    return sorted(changes, key=lambda change: change.period.written, reverse=True)[:count]


def _day_of_release(number: int, day: date) -> Coalesce:
    """Return the day of so many releases ago: of all events since then, the last so many are the last of all.

    Without it all that ever happened would be sorted, since no index has the order of several kinds.
    """
    releases = TimelineEntry.objects.filter(kind=EventKind.RELEASED, bound=Bound.EXACT, last_day__lte=day)
    days = releases.order_by("-last_day").values("last_day")[number - 1 : number]
    return Coalesce(Subquery(days), Value(date.min))


def coming_ends(day: date, count: int) -> list[Change]:
    """Return the ends of service after `day` that have a date, the nearest first. One query."""
    ends = _entries().filter(kind=EventKind.RETIRED, bound=Bound.EXACT, last_day__gt=day)
    return _as_changes(ends.order_by("last_day", "date", "pk")[:READ_AT_MOST], count)[:count]


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
    return TimelineEntry.objects.values_list("key", "kind", "date", "row")


def _as_changes(entries, count: int) -> list[Change]:
    """Return one change for all entries of one key: the model's own event, else the providers together. Entries of one
    date follow each other; after that of the last change that is wanted none is read."""
    changes: dict[str, Change] = {}
    last = ""
    for key, kind, written, row in entries.iterator():
        if len(changes) >= count and written != last:
            break
        last = written
        if key not in changes:
            model, (status, label) = row["model"], NEWS.get(kind, (PRICE, "New price"))
            named = model["name"], model["path"]
            words = row.get("words", "")
            changes[key] = Change(PartialDate.parse(written), *named, str(status), label, [], words, key=key)
        places, provider = changes[key].places, row["provider"]
        if provider and provider["name"] not in places:
            places.append(provider["name"])
    return list(changes.values())

"""What lists of many models need and could not work out for each reader: how many there are of each sort, and the
status of each by its dates.

Kept by whoever stamps the feed, of the same marks and in the same transaction (`catalog.feed.stamping`): so what was
written and is not counted yet is known to be so, and is counted first. A status that changes by its date alone is
worked out anew by the first reader of that day; no job has to run.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import batched

from django.db.models import Q

from catalog.models import (
    AIModel,
    LifecycleEvent,
    ListCount,
    ListedModel,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
)
from catalog.rules.choices import Existence
from catalog.rules.facts import FactKind, Place, values_in
from catalog.rules.periods import period_on
from catalog.rules.status import status_periods

AT_ONCE = 1_000
UNKNOWN = "unknown"
CAPABILITIES = tuple(fact.name for fact in values_in(Place.FILTER, FactKind.YES_NO))
COLUMNS = ("existence", "checked_on", "kind", "openness", "family_id", *CAPABILITIES)
LINKS = (
    ("vendor", ModelVendor, "content_object_id", "tag_id"),
    ("input", ModelInputModality, "content_object_id", "tag_id"),
    ("output", ModelOutputModality, "content_object_id", "tag_id"),
    ("provider", Offering, "model_id", "provider_id"),
)
TOTAL = "total"
At = tuple[str, str, str]  # a group, one of its values, and the list


def relist(keys: Iterable[int], day: date):
    """Keep what lists know of these models in step. Only one at a time may do so (`feed.locking.alone`)."""
    for some in batched(sorted(keys), AT_ONCE):
        stored = ListedModel.objects.in_bulk(some)
        fresh = _listed(some, day)
        changed = [row for key, row in fresh.items() if not _is_same(row, stored.get(key))]
        gone = stored.keys() - fresh.keys()
        deltas = Counter()
        for row in changed:
            deltas.update(_places(row))
            deltas.subtract(_places(stored.get(row.model_id)))
        for key in gone:
            deltas.subtract(_places(stored[key]))
        ListedModel.objects.filter(pk__in=gone).delete()
        ListedModel.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["model_id"],
            update_fields=["show", "places", "status", "since", "until"],
        )
        _count(deltas)


def turned_by(day: date) -> Q:
    """Of which rows the status on `day` may be another than is kept."""
    return Q(until__lte=day) | Q(since__gt=day)


def follow_dates(day: date, most: int) -> int:
    """Work out anew what its dates may have changed, of `most` models; return how many those were."""
    keys = list(ListedModel.objects.filter(turned_by(day)).values_list("pk", flat=True)[:most])
    relist(keys, day)
    return len(keys)


def _listed(keys, day: date) -> dict[int, ListedModel]:
    places, events = defaultdict(set), defaultdict(list)
    for group, through, owner, record in LINKS:
        rows = through._base_manager.filter(**{f"{owner}__in": keys}).order_by()
        for key, value in rows.values_list(owner, record):
            places[key].add(f"{group}:{value}")
    rows = LifecycleEvent.objects.filter(model__in=keys).order_by()
    for key, kind, bound, written in rows.values_list("model_id", "kind", "bound", "date"):
        events[key].append({"kind": kind, "bound": bound, "date": written})
    found = {}
    for model in AIModel.objects.published().filter(pk__in=keys).order_by().values("pk", *COLUMNS):
        key = model["pk"]
        checked_on = model["checked_on"]
        dates = {"events": events[key], "checked_on": checked_on and checked_on.isoformat()}
        period = period_on(day, status_periods(dates))
        found[key] = ListedModel(
            model_id=key,
            show=_show(model),
            places=" ".join(sorted(places[key] | _own_places(model))),
            status=str(period.value),
            since=period.since,
            until=period.until,
        )
    return found


def _show(model: dict) -> str:
    if model["existence"] == Existence.UNVERIFIED:
        return "unverified"
    return "checked" if model["checked_on"] else "unchecked"


def _own_places(model: dict) -> set[str]:
    own = {f"kind:{model['kind'] or UNKNOWN}", f"openness:{model['openness'] or UNKNOWN}"}
    own |= {f"capability:{name}" for name in CAPABILITIES if model[name]}
    return own | ({f"family:{model['family_id']}"} if model["family_id"] else set())


def _is_same(row: ListedModel, other: ListedModel | None) -> bool:
    names = ("show", "places", "status", "since", "until")
    return other is not None and all(getattr(row, name) == getattr(other, name) for name in names)


def _places(row: ListedModel | None) -> list[At]:
    """Where a row counts."""
    if row is None:
        return []
    places = (f"{TOTAL}:", f"status:{row.status}", *row.places.split())
    return [(*place.split(":"), row.show) for place in places]


def _count(deltas: Counter):
    deltas = {at: number for at, number in deltas.items() if number}
    values = {value for _, value, _ in deltas}
    there = {
        (row.group, row.value, row.show): row
        for row in ListCount.objects.filter(group__in={group for group, _, _ in deltas}, value__in=values)
    }
    changed = [there.get(at) or ListCount(group=at[0], value=at[1], show=at[2], number=0) for at in deltas]
    for row in changed:
        row.number += deltas[row.group, row.value, row.show]
    ListCount.objects.bulk_create(
        [row for row in changed if row.number],
        update_conflicts=True,
        unique_fields=["group", "value", "show"],
        update_fields=["number"],
    )
    ListCount.objects.filter(pk__in=[row.pk for row in changed if not row.number and row.pk]).delete()

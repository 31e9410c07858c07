"""What the calendar of the admin shows: published, scheduled and due texts, and the dates of other apps."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone

from ops.db.prepared import Param, Params, Prepared
from ops.http.urls import change_url
from publishing.content.follow_up import Hook
from publishing.content.permissions import AnyUser, may_publish, may_view
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable
from publishing.content.registry import publishable_models
from publishing.revisions.models import Revision
from publishing.richtext import rich_text_fields

MOST = 500  # of each sort


@dataclass(frozen=True)
class CalendarEntry:
    """`sort` is such as "Scheduled"; `at` is the moment if it has a time of day. `key` names the entry for good."""

    day: date
    sort: str
    title: str
    url: str
    key: str
    at: datetime | None = None


finders = Hook()
# Registers a function in a module `inbox`: it returns the entries that a user may see, from a day to another.
calendar_entries = finders.register


def entries_for(user: AnyUser, first: date, last: date) -> list[CalendarEntry]:
    """Return the entries from `first` to `last`, both included, in order of time."""
    entries = [entry for finder in finders for entry in finder(user, first, last)]
    return sorted(entries, key=lambda entry: (entry.day, entry.at is None, entry.at or entry.day, entry.title))


@calendar_entries
def texts(user: AnyUser, first: date, last: date) -> list[CalendarEntry]:
    """Return published, scheduled and due texts. A query for each kind, and one for scheduled updates."""
    start, end = (timezone.make_aware(datetime.combine(day, time())) for day in (first, last + timedelta(days=1)))
    now, entries = timezone.now(), []
    for model in publishable_models():
        if not issubclass(model, Prose) or not may_view(user, model):
            continue
        records = _dated(model, may_publish(user, model))
        for record in records.rows(user=user.pk, start=start, end=end, first=first, last=last):
            moment = record.publish_at if record.status == "Scheduled" else record.first_published_at
            if record.state == "published" and moment and start <= moment < end:
                entries.append(_entry(record, "Scheduled" if moment > now else "Published", moment))
            if record.review_by and first <= record.review_by <= last:
                entries.append(_entry(record, "Due for review", record.review_by))
    return entries + _updates(user, start, end)


@cache
def _dated(model: type[Prose], sees_all: bool) -> Prepared[Prose]:
    times = {"gte": Param("start"), "lt": Param("end")}
    appears = Q(**{f"public_from__{name}": at for name, at in times.items()})
    appears |= Q(state="published", **{f"first_published_at__{name}": at for name, at in times.items()})
    is_due = Q(review_by__gte=Param("first"), review_by__lte=Param("last"))
    records = model.objects.not_trashed().defer(*rich_text_fields(model)).filter(appears | is_due)
    return Prepared((records if sees_all else records.of_writer(Param("user")))[:MOST])


def _updates(user, start, end) -> list[CalendarEntry]:
    models = [model for model in publishable_models() if may_publish(user, model) and hasattr(model, "revisions")]
    types = {kind.pk for kind in ContentType.objects.get_for_models(*models).values()}
    found = _waiting.rows(types=types, start=start, end=end)
    return [_entry(update.record, "Scheduled", update.go_live_at, "update") for update in found if update.record]


@Prepared
def _waiting():
    waiting = Revision.objects.waiting().filter(record_type__in=Params("types"))
    waiting = waiting.filter(go_live_at__gte=Param("start"), go_live_at__lt=Param("end"))
    return waiting.prefetch_related("record")[:MOST]


def _entry(record: Publishable, sort: str, when: date, extra: str = "") -> CalendarEntry:
    at = when if isinstance(when, datetime) else None
    key = f"{record._meta.label_lower}/{record.pk}/{extra or sort.lower().replace(' ', '-')}"
    day = timezone.localdate(at) if at else when
    return CalendarEntry(day, sort, str(record), change_url(record), key, at)

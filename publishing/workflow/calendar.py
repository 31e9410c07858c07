"""What the calendar of the admin shows: published, scheduled and due texts, and the dates of other apps."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone

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
        appears = Q(public_from__gte=start, public_from__lt=end) | Q(
            state="published", first_published_at__gte=start, first_published_at__lt=end
        )
        records = model.objects.not_trashed().for_staff(user).defer(*rich_text_fields(model))
        for record in records.filter(appears | Q(review_by__range=(first, last)))[:MOST]:
            moment = record.publish_at if record.status == "Scheduled" else record.first_published_at
            if record.state == "published" and moment and start <= moment < end:
                entries.append(_entry(record, "Scheduled" if moment > now else "Published", moment))
            if record.review_by and first <= record.review_by <= last:
                entries.append(_entry(record, "Due for review", record.review_by))
    return entries + _updates(user, start, end)


def _updates(user, start, end) -> list[CalendarEntry]:
    models = [model for model in publishable_models() if may_publish(user, model) and hasattr(model, "revisions")]
    types = ContentType.objects.get_for_models(*models).values()
    waiting = Revision.objects.waiting().filter(record_type__in=types, go_live_at__gte=start, go_live_at__lt=end)
    updates = waiting.prefetch_related("record")[:MOST]
    return [_entry(update.record, "Scheduled", update.go_live_at, "update") for update in updates if update.record]


def _entry(record: Publishable, sort: str, when: date, extra: str = "") -> CalendarEntry:
    at = when if isinstance(when, datetime) else None
    key = f"{record._meta.label_lower}/{record.pk}/{extra or sort.lower().replace(' ', '-')}"
    day = timezone.localdate(at) if at else when
    return CalendarEntry(day, sort, str(record), change_url(record), key, at)

"""The catalogue in the inbox and the calendar of the admin: what imports hold for review, and the ends of models."""

from datetime import date

from django.db.models import Count, Q
from django.template.defaultfilters import pluralize
from django.urls import reverse

from catalog.documents.timeline import LEFT
from catalog.lifecycle.timeline import departures_until, retirements_between
from catalog.models import AIModel, HeldRecord, ImportRun, RecordKind, RunState
from catalog.rules.choices import ImportFeed
from ops.http.urls import admin_url, change_url, with_query
from publishing.content.permissions import AnyUser, has_permission, may_publish, may_view
from publishing.workflow.calendar import MOST, CalendarEntry, calendar_entries
from publishing.workflow.inbox import LIMIT, InboxItem, InboxPart, inbox_part


@inbox_part
def imports(user: AnyUser) -> InboxPart | None:
    """Return the runs that wait for someone who may apply them, the newest first, and proposed models. Two queries."""
    if not has_permission(user, "change", HeldRecord):
        return None
    open_ones = {
        kind: Count("held", filter=Q(held__kind=kind, held__applied_at=None, held__is_dismissed=False))
        for kind in RecordKind.values
    }
    waiting = ImportRun.objects.filter(state=RunState.HELD).defer("report").annotate(**open_ones)
    items = []
    for run in waiting.order_by("-started_at", "-pk")[:LIMIT]:
        counts = [f"{kind.label}: {count:,}" for kind in RecordKind if (count := getattr(run, kind.value))]
        listing = with_query(reverse("admin:catalog_heldrecord_changelist"), f"run__id__exact={run.pk}")
        held = ", ".join(counts)
        items.append(
            InboxItem(str(ImportFeed(run.feed).label), change_url(run), "Decide", held, run.started_at, "", listing)
        )
    if count := AIModel.objects.proposals().count() if may_publish(user, AIModel) else 0:
        text = f"{count:,} model{pluralize(count)} without a record"
        items.append(InboxItem("Proposed models", admin_url(AIModel, "proposals"), "Decide", text))
    return InboxPart(60, "Held by imports", items, len(items), reverse("admin:catalog_importrun_changelist"))


@calendar_entries
def retirements(user: AnyUser, first: date, last: date) -> list[CalendarEntry]:
    """Return the last days that are known to the day, and the days on which models left their vendors' lists."""
    if not may_view(user, AIModel):
        return []
    ends = [end for end in retirements_between(first, last)[:MOST] if len(end.date) == len("2026-11-30")]
    ends += departures_until(last).filter(last_day__gte=first)[:MOST]
    entries = []
    for end in ends:
        title = end.name if end.row["is_of_model"] else f"{end.name} at {end.places}"
        label = "Left its vendor’s list" if end.kind == LEFT else "Retires"
        url = admin_url(AIModel, "change", end.model_id)
        entries.append(CalendarEntry(end.last_day, label, title, url, f"end/{end.key}"))
    return entries

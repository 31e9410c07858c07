"""The start page of the admin: the inbox, work in progress and scheduled texts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django_tasks_db.models import DBTaskResult

from ops.backups.regular import NAME as BACKUP_JOB
from ops.backups.regular import problem_with_backups
from ops.http.health import is_worker_alive
from ops.http.urls import change_url, with_query
from ops.models import DueJob
from publishing.admin.needs_review import stale_keys
from publishing.admin.page_views import most_read, most_searched
from publishing.admin.review_inbox import review_parts
from publishing.content.page_view import PageView
from publishing.content.people import name_of
from publishing.content.permissions import AnyUser, has_permission, may_publish, may_view
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable, State
from publishing.content.registry import publishable_models
from publishing.content.revised import Revised
from publishing.quality.gaps import DismissedGap, sources
from publishing.revisions.models import Revision
from publishing.workflow.confirm_claims import Overdue, overdue_for
from publishing.workflow.inbox import LIMIT, InboxItem, InboxPart, finders
from publishing.workflow.submission import reviews_of

MOST_OPEN = 500  # rows that the lists are made from
# Filtered as a range, which is equivalent because no other state is between them in the alphabet. For a list (IN)
# SQLite expects about all records to match, as they do for one state, and reads the whole table.
UNDONE = (State.DRAFT, State.IN_REVIEW)
PATIENCE = timedelta(minutes=3)  # the worker looks each minute
AHEAD = timedelta(days=366)  # of scheduled texts
MISSES = ("searches", "addresses")  # the sources of gaps that count readers


@dataclass(frozen=True)
class Dashboard:
    parts: list[InboxPart]  # those with items
    drafts: list[Publishable]  # those of published pages with their `draft_state`
    scheduled: list[tuple[datetime, Publishable]]
    done: list[LogEntry]  # the last change by the user to each of five records
    read: list[PageView]  # pages with their records and sums, the most read first
    searched: list[tuple[str, int]]


def dashboard_for(user: AnyUser) -> Dashboard:
    """Return what waits for `user`, and the drafts and scheduled texts that they may see: at most eight of each."""
    models = [model for model in publishable_models() if issubclass(model, Revised) and may_view(user, model)]
    versions = _versions([model for model in models if may_publish(user, model)])
    drafts = _drafts(user, models, versions)
    reviews = reviews_of([draft for draft in reversed(drafts) if State.IN_REVIEW in (draft.state, draft.draft_state)])
    for record, review in reviews.items():
        cast(Any, record).review, cast(Revised, record).is_approved = review, review.is_approved
    parts = [
        InboxPart(10, "Problems", _problems(user, versions)),
        *review_parts(user, reviews),
        _stale(user),
        _to_confirm(overdue_for(user)),
        *([_missed()] if may_view(user, DismissedGap) else []),
        *(part for finder in finders if (part := finder(user))),
    ]
    filled = sorted((part for part in parts if part.items), key=lambda part: part.rank)
    scheduled = _scheduled(user, models, versions)
    done = {}
    for entry in LogEntry.objects.filter(user_id=user.pk).select_related("content_type")[:50]:
        done.setdefault((entry.content_type, entry.object_id), entry)
    return Dashboard(filled, drafts[:LIMIT], scheduled, [*done.values()][:5], most_read(), most_searched())


def _versions(models) -> list[Any]:
    """Return the unapplied versions of records of these kinds that are not in the trash. A query, and one per kind."""
    types = {ContentType.objects.get_for_model(model).pk for model in models}
    records = GenericPrefetch("record", [_light(model) for model in models])
    versions = Revision.objects.filter(record_type__in=types).not_applied().order_by("-pk").defer("content")
    return [version for version in versions.prefetch_related(records)[:MOST_OPEN] if version.record]


def _drafts(user, models, versions) -> list[Any]:
    """Return the records of these kinds that are drafts or in review or have such a version, the latest first."""
    moment_by_record = {}
    for model in models:
        rows = _light(model).for_staff(user).filter(state__range=UNDONE).order_by("-last_changed_at")[:MOST_OPEN]
        moment_by_record |= {record: record.last_changed_at for record in rows}
    for version in versions:
        if version.go_live_at is None:
            version.record.draft_state = version.state
            moment_by_record.setdefault(version.record, version.made_at)
    drafts = sorted(moment_by_record, key=moment_by_record.__getitem__, reverse=True)
    for record in drafts:
        record.changed_at, record.draft_state = moment_by_record[record], getattr(record, "draft_state", "")
        record.kind_words = capfirst(record.search_kind()._meta.verbose_name)
    return drafts


def _scheduled(user, models, versions) -> list[tuple[datetime, Publishable]]:
    """Return the texts that appear next, and the records whose update does, each with its moment. A query per kind."""
    now = timezone.now()
    scheduled = [(version.go_live_at, version.record) for version in versions if version.go_live_at]
    for model in models:
        if issubclass(model, Prose):
            rows = _light(model).for_staff(user).filter(public_from__range=(now, now + AHEAD)).order_by("public_from")
            scheduled += [(record.publish_at, record) for record in rows[:LIMIT]]
    return sorted((pair for pair in scheduled if now <= pair[0] <= now + AHEAD), key=lambda pair: pair[0])[:LIMIT]


def _problems(user, versions) -> list[InboxItem]:
    """Return what hinders the site itself. Jobs and backups are shown to those who administer it."""
    items, late = [], timezone.now() - PATIENCE
    overdue = sum(
        bool(version.go_live_at and not version.problem and version.go_live_at <= late) for version in versions
    )
    if not is_worker_alive():
        note = "Tasks and scheduled jobs are waiting. Start it with: manage.py worker"
        items.append(InboxItem("The worker has not run for five minutes", note=note))
    if has_permission(user, "change", User):
        if problem := problem_with_backups():
            items.append(InboxItem(problem, note="Make one now with: vitrine backup"))
        for job in DueJob.objects.exclude(error="").exclude(name=BACKUP_JOB).order_by("name"):
            title = f"A job failed: {job.name.rpartition('.')[2].replace('_', ' ')}"
            items.append(InboxItem(title, "", "Run again", job.error, job.finished_at, job=job.name))
    if has_permission(user, "view", DBTaskResult) and (count := DBTaskResult.objects.filter(status="FAILED").count()):
        listing = with_query(reverse("admin:django_tasks_database_dbtaskresult_changelist"), "status__exact=FAILED")
        items.append(InboxItem(f"{count} task{pluralize(count)} failed", listing, "Show"))
    if overdue:
        note = "Readers see the old text until the worker runs."
        items.append(InboxItem(f"{overdue} scheduled update{pluralize(overdue, ' is,s are')} overdue", note=note))
    for version in versions:
        if version.problem:
            note, url = f"The scheduled update could not be published: {version.problem}", change_url(version.record)
            items.append(
                InboxItem(str(version.record), url, "Mend", note, version.go_live_at, _owner_of(version.record))
            )
    return items


def _stale(user) -> InboxPart:
    """Return the texts that no longer agree with the catalogue."""
    keys = stale_keys(user)
    by_type, records = defaultdict(list), {}
    for type_id, pk in keys[:LIMIT]:
        by_type[type_id].append(pk)
    for type_id, pks in by_type.items():
        model = cast(type[Publishable], ContentType.objects.get_for_id(type_id).model_class())
        records |= {(type_id, record.pk): record for record in _light(model).filter(pk__in=pks)}
    items = [
        InboxItem(str(record), change_url(record), "Check", waiting_for=_owner_of(record))
        for key in keys[:LIMIT]
        if (record := records.get(key))
    ]
    explanation = "These texts state facts that have changed."
    listing = reverse("admin:publishing_needs_review")
    return InboxPart(40, "Changed facts", items, len(keys), listing, explanation)


def _to_confirm(lines: list[Overdue]) -> InboxPart:
    items = []
    for line in lines[:LIMIT]:
        parts = ["due for review"] if line.is_text else []
        parts += [f"{line.claims} dated claim{pluralize(line.claims)}"] if line.claims else []
        url = change_url(line.record)
        note = capfirst(" and ".join(parts))
        items.append(InboxItem(str(line.record), url, "Confirm", note, line.since, _owner_of(line.record)))
    listing = with_query(reverse("admin:publishing_claim_changelist"), "due=past")
    return InboxPart(50, "Due for confirmation", items, len(lines), listing)


def _missed() -> InboxPart:
    """Return what most readers searched for or requested in vain."""
    listing = reverse("admin:publishing_dismissedgap_changelist")
    gaps = [(gap, sources[name]) for name in MISSES for gap in sources[name].gaps(is_dismissed=False)]
    gaps.sort(key=lambda gap_and_source: -(gap_and_source[0].count or 0))
    items = []
    for gap, source in gaps[:LIMIT]:
        url = with_query(listing, f"source={source.name}")
        note = f"{source.label}: {gap.count} reader{pluralize(gap.count or 0)}"
        step = gap.url_words or "Start a draft"
        items.append(InboxItem(gap.title, url, step, note, step_url=gap.url))
    return InboxPart(70, "Searches without results, addresses without a page", items, len(gaps), listing)


def _owner_of(record) -> str:
    return name_of(owner) if (owner := getattr(record, "owner", None)) else ""


def _light(model: type[Publishable]) -> Any:
    """Return the records of a kind with the columns that name them and their state, and with their owners."""
    columns = {model.title_field, *model.address_fields, "state", "deleted_at", "last_changed_at"}
    records = model.objects.not_trashed()
    if not issubclass(model, Prose):
        return records.only(*columns)
    return records.select_related("owner").only(*columns, "publish_at", "expire_at", "owner")

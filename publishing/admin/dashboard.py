"""The start page of the admin: the inbox, work in progress and scheduled texts."""

from collections import defaultdict
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, cast

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet, Value
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django_tasks_db.models import DBTaskResult

from ops.backups.regular import NAME as BACKUP_JOB
from ops.backups.regular import problem_with_backups
from ops.http.health import is_worker_alive
from ops.http.urls import change_url, record_url, with_query
from ops.models import DueJob
from publishing.admin.needs_review import stale_keys
from publishing.content.people import name_of
from publishing.content.permissions import AnyUser, has_permission, may_publish, may_view
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable, State
from publishing.content.registry import publishable_models
from publishing.content.revised import Revised
from publishing.quality.gaps import DismissedGap, sources
from publishing.revisions.models import Action, Revision
from publishing.richtext import rich_text_fields
from publishing.workflow.confirm_claims import Overdue, overdue_for
from publishing.workflow.inbox import LIMIT, InboxItem, InboxPart, finders
from publishing.workflow.review import change_requests_for, threads_for

MOST_OPEN = 500  # rows that the lists are made from
# Filtered as a range, which is equivalent because no other state is between them in the alphabet. For a list (IN)
# SQLite expects about all records to match, as they do for one state, and reads the whole table.
UNDONE = (State.DRAFT, State.IN_REVIEW)
PATIENCE = timedelta(minutes=3)  # the worker looks each minute
MISSES = ("searches", "addresses")  # the sources of gaps that count readers


@dataclass(frozen=True)
class Dashboard:
    parts: list[InboxPart]  # those with items
    drafts: "list[PendingItem]"
    scheduled: "list[PendingItem]"


@dataclass
class PendingItem:
    """A record that is a draft, in review or scheduled; or an unpublished version of a published record.

    `record` is set by `_shown`, titled as last written.
    """

    model: type
    pk: int
    state: str
    at: datetime  # when it was changed or will appear
    problem: str = ""  # why a version could not go live
    version: int | None = None
    is_update: bool = False  # a version that is scheduled
    record: Any = None

    @property
    def kind(self) -> str:
        return capfirst(str(self.record.search_kind()._meta.verbose_name))

    @property
    def key(self) -> tuple:
        return self.model, self.pk

    @property
    def is_draft(self) -> bool:
        return self.state in UNDONE and not self.is_update


def dashboard_for(user: AnyUser) -> Dashboard:
    """Return what waits for `user`, and the drafts and scheduled texts that they may see: at most eight of each."""
    models = [model for model in publishable_models() if may_view(user, model)]
    mine = [model for model in models if issubclass(model, Revised) and may_publish(user, model)]
    rows, to_read = _records(user, models)
    work = sorted(rows + _versions(mine, {item.key for item in rows}), key=lambda item: item.at)
    drafts = [item for item in reversed(work) if item.is_draft]
    scheduled = [item for item in work if not item.is_draft and not item.problem]
    in_review = [item for item in work if item.is_draft and item.state == State.IN_REVIEW and item.model in mine]
    failed = [item for item in reversed(work) if item.problem]
    late = timezone.now() - PATIENCE
    overdue = sum(item.version is not None and item.at <= late for item in scheduled)
    drafts, soon, to_review, failed = _shown(drafts, scheduled, in_review, failed)
    returned = _commented(user, change_requests_for(user), "Revise", "{} asks for changes: {}")
    parts = [
        InboxPart(10, "Problems", _problems(user, overdue, failed)),
        InboxPart(20, "Reviews", returned + _to_review(to_review), len(in_review)),
        InboxPart(25, "Comments", _commented(user, threads_for(user), "Reply", "Comment by {}: {}", "#comments")),
        _stale(user),
        _to_confirm(overdue_for(user, to_read)),
        *([_missed()] if may_view(user, DismissedGap) else []),
        *(part for finder in finders if (part := finder(user))),
    ]
    return Dashboard(sorted((part for part in parts if part.items), key=lambda part: part.rank), drafts, soon)


# Parts of the inbox ---------------------------------------------------------------------------------


def _problems(user, overdue: int, failed) -> list[InboxItem]:
    """Return what hinders the site itself. Jobs and backups are shown to those who administer it."""
    items = []
    if not is_worker_alive():
        said = "Tasks and scheduled jobs are waiting. Start it with: manage.py worker"
        items.append(InboxItem("The worker has not run for five minutes", note=said))
    if has_permission(user, "change", User):
        if problem := problem_with_backups():
            items.append(InboxItem(problem, note="Make one now with: manage.py backup"))
        for job in DueJob.objects.exclude(error="").exclude(name=BACKUP_JOB).order_by("name"):
            title = f"A job failed: {job.name.rpartition('.')[2].replace('_', ' ')}"
            items.append(InboxItem(title, "", "Run again", job.error, job.finished_at, job=job.name))
    if has_permission(user, "view", DBTaskResult) and (count := DBTaskResult.objects.filter(status="FAILED").count()):
        listing = with_query(reverse("admin:django_tasks_database_dbtaskresult_changelist"), "status__exact=FAILED")
        items.append(InboxItem(f"{count} task{pluralize(count)} failed", listing, "Show"))
    if overdue:
        said = "Readers see the old text until the worker runs."
        items.append(InboxItem(f"{overdue} scheduled update{pluralize(overdue, ' is,s are')} overdue", note=said))
    for work in failed:
        said = f"The scheduled update could not be published: {work.problem}"
        url = change_url(work.record)
        items.append(InboxItem(str(work.record), url, "Mend", said, work.at, _owner_of(work.record)))
    return items


def _to_review(found: list[PendingItem]) -> list[InboxItem]:
    """Return the texts in review, each with the person who was asked, else its owner. One query."""
    types = {work.model: ContentType.objects.get_for_model(work.model).pk for work in found}
    asked = Revision.objects.filter(record_type__in=types.values(), record_id__in=[work.pk for work in found])
    latest = asked.filter(action=Action.SUBMIT).in_line().order_by("pk").select_related("reviewer") if found else []
    reviewers = {(revision.record_type_id, revision.record_id): revision.reviewer for revision in latest}
    items = []
    for work in found:
        record, reviewer = work.record, reviewers.get((types[work.model], work.pk))
        said = f"{work.kind}, in review{f', asked of {name_of(reviewer)}' if reviewer else ''}"
        owner = name_of(reviewer) if reviewer else _owner_of(record)
        url = record_url(record, "review")
        items.append(InboxItem(str(record), change_url(record), "Review", said, work.at, owner, url))
    return items


def _commented(user, comments, step: str, words: str, anchor: str = "") -> list[InboxItem]:
    """Return the texts with these comments, which wait for `user`; `words` are about their author and beginning."""
    items = []
    for comment in comments[:LIMIT]:
        record = cast(Publishable, comment.record)
        said = words.format(name_of(comment.author), f"“{Truncator(comment.text).chars(120)}”")
        items.append(
            InboxItem(str(record), f"{change_url(record)}{anchor}", step, said, comment.made_at, name_of(user))
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
        InboxItem(str(record), change_url(record), "Check", owner=_owner_of(record))
        for key in keys[:LIMIT]
        if (record := records.get(key))
    ]
    said = "They state facts that have changed in the catalogue."
    listing = reverse("admin:publishing_needs_review")
    return InboxPart(40, "Changed facts", items, len(keys), listing, said)


def _to_confirm(lines: list[Overdue]) -> InboxPart:
    items = []
    for line in lines[:LIMIT]:
        parts = ["due for review"] if line.is_text else []
        parts += [f"{line.claims} dated claim{pluralize(line.claims)}"] if line.claims else []
        url = change_url(line.record)
        said = capfirst(" and ".join(parts))
        items.append(InboxItem(str(line.record), url, "Confirm", said, line.since, _owner_of(line.record)))
    listing = with_query(reverse("admin:publishing_claim_changelist"), "due=past")
    return InboxPart(50, "Due for confirmation", items, len(lines), listing)


def _missed() -> InboxPart:
    """Return what most readers searched for or requested in vain."""
    listing = reverse("admin:publishing_dismissedgap_changelist")
    gaps = [(gap, sources[name]) for name in MISSES for gap in sources[name].gaps(is_dismissed=False)]
    gaps.sort(key=lambda found: -(found[0].count or 0))
    items = []
    for gap, source in gaps[:LIMIT]:
        url = with_query(listing, f"source={source.name}")
        said = f"{source.label}: {gap.count} reader{pluralize(gap.count or 0)}"
        step = gap.url_words or "Start a draft"
        items.append(InboxItem(gap.title, url, step, said, step_url=gap.url))
    return InboxPart(70, "Searches without results, addresses without a page", items, len(gaps), listing)


def _owner_of(record) -> str:
    return name_of(owner) if (owner := getattr(record, "owner", None)) else ""


# Queries --------------------------------------------------------------------------------------------


def _records(user, models) -> tuple[list[PendingItem], dict]:
    """Return the records of these kinds that are drafts, in review or scheduled; and by kind the keys of texts due for
    review. One query for each kind of text, and one for all other kinds."""
    now, today, found, to_read = timezone.now(), timezone.localdate(), [], defaultdict(list)
    others = tuple(model for model in models if not issubclass(model, Prose))
    for model in set(models) - set(others):
        wanted = Q(state__range=UNDONE) | Q(public_from__gt=now) | Q(review_by__lte=today)
        records = model.objects.not_trashed().for_staff(user).filter(wanted).order_by("-last_changed_at")
        values = records.values_list("pk", "state", "last_changed_at", "public_from")[:MOST_OPEN]
        for pk, state, changed_at, public_from in values:
            if state in UNDONE:
                found.append(PendingItem(model, pk, state, changed_at))
            elif public_from and public_from > now:
                found.append(PendingItem(model, pk, state, public_from))
            else:
                to_read[model].append(pk)
    parts = []
    for number, model in enumerate(others):
        undone = model.objects.not_trashed().filter(state__range=UNDONE).order_by()
        parts.append(undone.values_list(Value(number), "pk", "state", "last_changed_at"))
    if parts:
        rows = parts[0].union(*parts[1:], all=True).order_by("-last_changed_at")[:MOST_OPEN]
        found += [PendingItem(others[number], *values) for number, *values in rows]
    return found, to_read


def _versions(models, rows) -> list[PendingItem]:
    """Return unapplied versions of records of these kinds, but only scheduled ones for records already in `rows`. One
    query."""
    types = {ContentType.objects.get_for_model(model).pk: model for model in models}
    names = ["record_type_id", "record_id", "state", "made_at", "go_live_at", "problem", "pk"]
    versions = Revision.objects.filter(record_type__in=types).not_applied().order_by("-pk")
    found = []
    for kind, pk, state, made_at, go_live_at, *version in versions.values_list(*names)[:MOST_OPEN]:
        # A draft whose row could not hold the saved content is already in `rows`.
        if go_live_at or (types[kind], pk) not in rows:
            found.append(
                PendingItem(types[kind], pk, state, go_live_at or made_at, *version, is_update=bool(go_live_at))
            )
    return found


# Presentation ---------------------------------------------------------------------------------------


def _shown(*lists: list[PendingItem]) -> list[list[PendingItem]]:
    """Return the first eight of each list with their records, titled as last written, without trashed ones. One query
    for each kind of record, and one for the titles."""
    lists = tuple(some[: 2 * LIMIT] for some in lists)
    keys, versions = defaultdict(set), []
    for work in chain(*lists):
        keys[work.model].add(work.pk)
        versions += [work.version] if work.version else []
    records = {(model, record.pk): record for model, pks in keys.items() for record in _light(model).filter(pk__in=pks)}
    contents = dict(Revision.objects.filter(pk__in=versions).values_list("pk", "content")) if versions else {}
    for work in chain(*lists):
        if record := records.get(work.key):
            work.record = _as_written(record, work, contents)
    return [[work for work in some if work.record][:LIMIT] for some in lists]


def _as_written(record, work: PendingItem, contents):
    if work.version:
        record = copy(record)
        setattr(record, *(("update_at", work.at) if work.is_update else ("draft_state", work.state)))
        setattr(record, record.title_field, contents[work.version]["fields"].get(record.title_field))
    return record


def _light(model: type[Publishable]) -> QuerySet:
    """Return the records of a kind with their owners, but without their texts."""
    records = model.objects.not_trashed().defer(*rich_text_fields(model))
    return records.select_related("owner") if issubclass(model, Prose) else records

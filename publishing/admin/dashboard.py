"""The start page of the admin: work in progress, scheduled texts and reviews due."""

from collections import defaultdict
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain
from typing import cast

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet, Value
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.text import Truncator, capfirst

from ops.backups.regular import problem_with_backups
from ops.http.health import is_worker_alive
from publishing.content.people import name_of
from publishing.content.permissions import AnyUser, has_permission, may_publish, may_view
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable, State
from publishing.content.registry import publishable_models
from publishing.content.revised import Revised
from publishing.revisions.models import Revision
from publishing.richtext import rich_text_fields
from publishing.workflow.confirm_claims import Overdue, overdue_for
from publishing.workflow.notifications import review_url
from publishing.workflow.review import change_requests_for

LIMIT = 8
MOST_OPEN = 500  # rows that the lists are made from
# Filtered as a range, which is equivalent because no other state is between them in the alphabet. For a list (IN)
# SQLite expects about all records to match, as they do for one state, and reads the whole table.
UNDONE = (State.DRAFT, State.IN_REVIEW)
PATIENCE = timedelta(minutes=3)  # the worker looks each minute


@dataclass(frozen=True)
class DashboardItem:
    """A line of a list: a record, titled as last written, and the time by which the list is sorted."""

    record: Publishable
    at: date  # or a datetime
    note: str = ""
    review_url: str = ""

    @property
    def kind(self) -> str:
        return capfirst(str(self.record.search_kind()._meta.verbose_name))


@dataclass(frozen=True)
class Dashboard:
    waiting: list[DashboardItem]  # for this user in person
    drafts: list[DashboardItem]
    scheduled: list[DashboardItem]
    to_confirm: list[DashboardItem]  # texts and claims that were not confirmed in time; `at` is their due date
    to_confirm_count: int
    is_worker_alive: bool
    overdue: int  # scheduled updates whose date has passed
    failed: list[tuple[str, DashboardItem]]  # those that could not go live: why, and what
    backup_problem: str  # shown to those who administer the site


@dataclass(frozen=True)
class PendingItem:
    """A record that is a draft, in review or scheduled; or an unpublished version of a published record."""

    model: type
    pk: int
    state: str
    at: datetime  # when it was changed or will appear
    problem: str = ""  # why a version could not go live
    version: int | None = None
    is_update: bool = False  # a version that is scheduled

    @property
    def key(self) -> tuple:
        return self.model, self.pk

    @property
    def is_draft(self) -> bool:
        return self.state in UNDONE and not self.is_update


def dashboard_for(user: AnyUser) -> Dashboard:
    """Return the lists of records that `user` may see in the admin, at most eight per list."""
    models = [model for model in publishable_models() if may_view(user, model)]
    mine = [model for model in models if issubclass(model, Revised) and may_publish(user, model)]
    rows, to_read = _records(user, models)
    work = sorted(rows + _versions(mine, {item.key for item in rows}), key=lambda item: item.at)
    drafts = [item for item in reversed(work) if item.is_draft]
    scheduled = [item for item in work if not item.is_draft and not item.problem]
    in_review = [item for item in work if item.is_draft and item.state == State.IN_REVIEW and item.model in mine]
    failed = [item for item in reversed(work) if item.problem]
    drafts, soon, in_review, failed = _shown(drafts, scheduled, in_review, failed)
    late = timezone.now() - PATIENCE
    to_confirm = overdue_for(user, to_read)
    return Dashboard(
        _returned(user) + [DashboardItem(record, work.at, review_url=review_url(record)) for work, record in in_review],
        [DashboardItem(record, work.at) for work, record in drafts],
        [DashboardItem(record, work.at) for work, record in soon],
        [_to_confirm(line) for line in to_confirm[:LIMIT]],
        len(to_confirm),
        is_worker_alive(),
        sum(work.version is not None and work.at <= late for work in scheduled),
        [(work.problem, DashboardItem(record, work.at)) for work, record in failed],
        problem_with_backups() if has_permission(user, "change", User) else "",
    )


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
    if others:
        found += [PendingItem(others[number], *values) for number, *values in _drafts_of(others).all()]
    return found, to_read


@cache
def _drafts_of(models: tuple) -> QuerySet:
    """Return the drafts of kinds without dates. The queryset is cached (without results) because it contains no values
    of today, and building a union of many parts takes longer than the query."""
    parts = [
        model.objects.not_trashed()
        .filter(state__range=UNDONE)
        .order_by()
        .values_list(Value(number), "pk", "state", "last_changed_at")
        for number, model in enumerate(models)
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-last_changed_at")[:MOST_OPEN]


def _versions(models, rows) -> list[PendingItem]:
    """Return unapplied versions of records of these kinds, but only scheduled ones for records already in `rows`. One
    query."""
    types = {ContentType.objects.get_for_model(model).pk: model for model in models}
    found = []
    for kind, pk, state, made_at, go_live_at, *version in _not_applied(tuple(types)).all():
        # A draft whose row could not hold the saved content is already in `rows`.
        if go_live_at or (types[kind], pk) not in rows:
            found.append(
                PendingItem(types[kind], pk, state, go_live_at or made_at, *version, is_update=bool(go_live_at))
            )
    return found


@cache
def _not_applied(types: tuple[int, ...]) -> QuerySet:
    """Like `_drafts_of`, for unapplied versions of records of these content types."""
    names = ["record_type_id", "record_id", "state", "made_at", "go_live_at", "problem", "pk"]
    versions = Revision.objects.filter(record_type__in=types).not_applied()
    return versions.order_by("-pk").values_list(*names)[:MOST_OPEN]


# Presentation ---------------------------------------------------------------------------------------


def _shown(*lists: list[PendingItem]) -> list[list[tuple[PendingItem, Publishable]]]:
    """Return the first eight of each list with their records, titled as last written, without trashed ones. One query
    for each kind of record, and one for the titles."""
    lists = tuple(some[: 2 * LIMIT] for some in lists)
    keys, versions = defaultdict(set), []
    for work in chain(*lists):
        keys[work.model].add(work.pk)
        versions += [work.version] if work.version else []
    records = {
        (model, record.pk): record
        for model, pks in keys.items()
        for record in model.objects.not_trashed().filter(pk__in=pks).defer(*rich_text_fields(model))
    }
    contents = dict(Revision.objects.filter(pk__in=versions).values_list("pk", "content")) if versions else {}
    return [
        [(work, _as_written(records[work.key], work, contents)) for work in some if work.key in records][:LIMIT]
        for some in lists
    ]


def _as_written(record, work: PendingItem, contents):
    if work.version:
        record = copy(record)
        setattr(record, *(("update_at", work.at) if work.is_update else ("draft_state", work.state)))
        setattr(record, record.title_field, contents[work.version]["fields"].get(record.title_field))
    return record


def _returned(user) -> list[DashboardItem]:
    """Return the texts for which `user` must make requested changes."""
    return [
        DashboardItem(
            cast(Publishable, comment.record),
            comment.made_at,
            f"{name_of(comment.author)} asks for changes: “{Truncator(comment.text).chars(120)}”",
            review_url(cast(Publishable, comment.record)),
        )
        for comment in change_requests_for(user)[:LIMIT]
    ]


def _to_confirm(line: Overdue) -> DashboardItem:
    parts = ["due for review"] if line.is_text else []
    parts += [f"{line.claims} dated claim{pluralize(line.claims)}"] if line.claims else []
    said = " and ".join(parts)
    return DashboardItem(line.record, line.since, f"yours: {said}" if line.is_mine else said)

"""What the admin's start page shows: what is in the making, what is about to appear, what changed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.text import Truncator, capfirst

from publishing.addresses import change_url
from publishing.backups.regular import problem_with_backups
from publishing.claims.confirming import Overdue, overdue_for
from publishing.letters import review_url
from publishing.models import Prose, Revised, Revision, State
from publishing.people import name_of
from publishing.registry import publishable_models
from publishing.review import returned_to, said_of
from publishing.richtext import rich_text_fields
from publishing.roles import may_publish, may_view
from publishing.views import is_worker_alive

LIMIT = 8
PATIENCE = timedelta(minutes=3)  # the worker looks each minute


@dataclass(frozen=True)
class Item:
    """One line: a record, where it is edited and seen, its kind, its state, and the moment that counts in its list."""

    title: str
    url: str
    page_url: str
    kind: str
    status: str
    full_status: str
    at: datetime
    note: str = ""
    review_url: str = ""


@dataclass(frozen=True)
class Desk:
    waiting: list[Item]  # for this very person
    drafts: list[Item]
    scheduled: list[Item]
    changed: list[Item]
    to_confirm: list[Item]  # what nobody has said to be true by its day; `at` is that day
    to_confirm_count: int
    is_worker_alive: bool
    overdue: int  # scheduled updates whose moment is past
    failed: list[tuple[str, Item]]  # those that could not go live: why, and what
    backup_problem: str  # for those who look after the site


def desk_for(user) -> Desk:
    """Return the lists of what `user` may see in the admin, eight of each at most."""
    models = [model for model in publishable_models() if may_view(user, model)]
    drafts, scheduled, changed = [], [], []
    for model in models:
        kept = model.objects.kept().for_staff(user).recently_changed()
        drafts += _items(kept.filter(state__in=[State.DRAFT, State.IN_REVIEW]), "last_changed_at")
        changed += _items(kept, "last_changed_at")
        if issubclass(model, Prose):
            scheduled += _items(model.objects.scheduled().order_by("publish_at"), "publish_at")
    revisions = Revision.objects.filter(record_type__in=[_type(model) for model in models if _writes(user, model)])
    drafts += [item for _, item in _over_rows(revisions.drafts().order_by("-made_at"), "made_at")]
    scheduled += [item for _, item in _over_rows(revisions.waiting().order_by("go_live_at"), "go_live_at")]
    failed = _over_rows(revisions.failed().order_by("-go_live_at"), "go_live_at")
    to_confirm = overdue_for(user)
    return Desk(
        waiting_for(user, models),
        _newest(drafts),
        sorted(scheduled, key=lambda item: item.at)[:LIMIT],
        _newest(changed),
        [_to_confirm(line) for line in to_confirm[:LIMIT]],
        len(to_confirm),
        is_worker_alive(),
        revisions.due(timezone.now() - PATIENCE).count(),
        [(revision.problem, item) for revision, item in failed],
        problem_with_backups() if user.has_perm("auth.change_user") else "",
    )


def waiting_for(user, models) -> list[Item]:
    """What waits for `user`: what came back to her with changes requested, then what was submitted to her as an editor,
    the longest wait first. At most 16."""
    returned = [
        replace(
            _item(comment.record, comment.made_at),
            note=f"{name_of(comment.author)} asks for changes: “{Truncator(comment.text).chars(120)}”",
            review_url=review_url(comment.record),
        )
        for comment in returned_to(user)[:LIMIT]
    ]
    mine = [model for model in models if _writes(user, model)]
    submitted = []
    for model in mine:
        rows = model.objects.kept().filter(state=State.IN_REVIEW).order_by("last_changed_at")
        rows = rows.defer(*rich_text_fields(model))[:LIMIT]
        submitted += [(record, _item(record, record.last_changed_at)) for record in rows]
    drafts = Revision.objects.filter(record_type__in=[_type(model) for model in mine]).drafts()
    over_rows = _over_rows(drafts.filter(state=State.IN_REVIEW).order_by("made_at"), "made_at")
    submitted += [(revision.record, item) for revision, item in over_rows]
    submitted = sorted(submitted, key=lambda pair: pair[1].at)[:LIMIT]
    words = said_of([(_type(record).pk, record.pk) for record, _ in submitted]) if submitted else {}
    return returned + [
        replace(item, note=words.get((_type(record).pk, record.pk), ""), review_url=review_url(record))
        for record, item in submitted
    ]


def _to_confirm(line: Overdue) -> Item:
    parts = ["to be read again"] if line.is_text else []
    parts += [f"{line.claims} dated claim{'' if line.claims == 1 else 's'}"] if line.claims else []
    said = " and ".join(parts)
    return replace(_item(line.record, line.since), note=f"yours: {said}" if line.is_mine else said)


def _writes(user, model) -> bool:
    """Whether `user` sees drafts over live pages of that kind: whoever may publish them does."""
    return issubclass(model, Revised) and may_publish(user, model)


def _type(model):
    return ContentType.objects.get_for_model(model)


def _over_rows(revisions, moment: str) -> list[tuple[Revision, Item]]:
    """Revisions that are not applied, each with the line of its record, which bears the title that was written."""
    found = []
    for revision in revisions.prefetch_related("record")[:LIMIT]:
        record = revision.record
        if record is None or record.deleted_at or _is_listed(record, revision):
            continue
        if revision.go_live_at:
            record.update_at = revision.go_live_at
        else:
            record.draft_state = revision.state
        title = revision.content["fields"].get(record.title_field) or str(type(record)())
        found.append((revision, replace(_item(record, getattr(revision, moment)), title=title)))
    return found


def _is_listed(record, revision) -> bool:
    """Whether the record is among the drafts itself, and what it could not take over is not another one."""
    return revision.go_live_at is None and record.state in {State.DRAFT, State.IN_REVIEW}


def _items(records, moment: str) -> list[Item]:
    records = records.defer(*rich_text_fields(records.model))[:LIMIT]
    return [_item(record, getattr(record, moment)) for record in records]


def _item(record, at) -> Item:
    return Item(
        str(record),
        change_url(record),
        record.get_absolute_url(),
        capfirst(record.search_kind()._meta.verbose_name),
        record.status,
        getattr(record, "full_status", record.status),
        at,
    )


def _newest(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item.at, reverse=True)[:LIMIT]

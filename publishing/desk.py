"""What the admin's start page shows: what is in the making, what is about to appear, what changed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst

from publishing.addresses import change_url
from publishing.models import Prose, State
from publishing.registry import publishable_models
from publishing.roles import may_view
from publishing.views import is_worker_alive

LIMIT = 8


@dataclass(frozen=True)
class Item:
    """One line: a record, where it is edited and seen, its kind, its state, and the moment that counts in its list."""

    title: str
    url: str
    page_url: str
    kind: str
    status: str
    at: datetime


@dataclass(frozen=True)
class Desk:
    drafts: list[Item]
    scheduled: list[Item]
    changed: list[Item]
    is_worker_alive: bool


def desk_for(user) -> Desk:
    """Return the lists of what `user` may see in the admin, eight of each at most."""
    models = [model for model in publishable_models() if may_view(user, model)]
    drafts, scheduled, changed = [], [], []
    for model in models:
        kept = model.objects.kept().recently_changed()
        drafts += _items(kept.filter(state__in=[State.DRAFT, State.IN_REVIEW]), "last_changed_at")
        changed += _items(kept, "last_changed_at")
        if issubclass(model, Prose):
            scheduled += _items(model.objects.scheduled().order_by("publish_at"), "publish_at")
    return Desk(
        _newest(drafts), sorted(scheduled, key=lambda item: item.at)[:LIMIT], _newest(changed), is_worker_alive()
    )


def _items(records, moment: str) -> list[Item]:
    return [
        Item(
            str(record),
            change_url(record),
            record.get_absolute_url(),
            capfirst(record.search_kind()._meta.verbose_name),
            record.status,
            getattr(record, moment),
        )
        for record in records[:LIMIT]
    ]


def _newest(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item.at, reverse=True)[:LIMIT]

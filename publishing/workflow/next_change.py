"""The moments at which texts appear or disappear by date alone, for the expiry of cached pages."""

from datetime import datetime

from django.apps import apps
from django.db.models import Min

from ops.page_cache.expiry import announced
from publishing.content.prose import Prose
from publishing.revisions.models import Revision


def next_changes(since: datetime) -> list[datetime]:
    """Return the next moments at which a text appears or disappears, or a scheduled update goes live."""
    texts = [model for model in apps.get_models() if issubclass(model, Prose) and not model._meta.proxy]
    nexts = [
        _next(model.objects.published_sometime(), name, since)
        for model in texts
        for name in ("publish_at", "expire_at")
    ]
    nexts.append(_next(Revision.objects.waiting(), "go_live_at", since))
    return [moment for moment in nexts if moment]


def _next(rows, name: str, since: datetime) -> datetime | None:
    return rows.filter(**{f"{name}__gt": since}).aggregate(next=Min(name))["next"]


announced.append(next_changes)

"""Until when a page stays right if nobody writes anything."""

from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db.models import Min
from django.utils import timezone

from publishing.models import Prose, Revision

MEMORY_SECONDS = 60

_last = (None, 0.0, 0.0)  # number of the content, since when it was asked, and the moment


def next_moment(number: int, since: float) -> float:
    """Return when something changes by the clock alone, in seconds since 1970, while the content has this number.

    A text appears or goes, an update of one goes live, or a day begins, with which status, prices and all dates may be
    others. One moment for all pages, since most show something of others. Five queries a minute, or none.

    `since` is when it was begun to make what may end then: a moment that came meanwhile is the end of it too.
    """
    global _last
    asked_for, asked_since, moment = _last
    if asked_for != number or not asked_since <= since < min(moment, asked_since + MEMORY_SECONDS):
        begun = datetime.fromtimestamp(since, UTC)
        moment = min([_midnight(begun), *_announced(begun)]).timestamp()
        _last = number, since, moment
    return moment


def _midnight(since: datetime) -> datetime:
    """When the next day begins where the site is; a clock that is put forward then skips no more than an hour."""
    return timezone.make_aware(datetime.combine(timezone.localdate(since) + timedelta(days=1), datetime.min.time()))


def _announced(since: datetime) -> list[datetime]:
    """The next moments at which a text appears or goes, or an update of one goes live."""
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

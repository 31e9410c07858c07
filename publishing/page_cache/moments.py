"""Until when a page stays right if nobody writes anything."""

from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db.models import Min, Value
from django.utils import timezone

from publishing.models import Prose, Revision
from publishing.prepared import Prepared

MEMORY_SECONDS = 60

_last = (None, 0.0, 0.0)  # number of the content, since when it was asked, and the moment


def next_moment(number: int, since: float) -> float:
    """Return when something changes by the clock alone, in seconds since 1970, while the content has this number.

    A text appears or goes, an update of one goes live, or a day begins, with which status, prices and all dates may be
    others. One moment for all pages, since most show something of others. One query a minute, or none.

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
    return [moment for (moment,) in _firsts(since) if moment]


@Prepared
def _firsts(since):
    moments = [
        _first(model.objects.published_sometime().filter(**{f"{name}__gt": since}), name)
        for model in apps.get_models()
        if issubclass(model, Prose) and not model._meta.proxy
        for name in ("publish_at", "expire_at")
    ]
    rows = _first(Revision.objects.waiting().filter(go_live_at__gt=since), "go_live_at").union(*moments, all=True)
    return rows.order_by()


def _first(queryset, name: str):
    """The earliest value of a column as a row, of no rows none; without the grouping there would be one of NULL."""
    return queryset.order_by().annotate(all=Value(1)).values("all").annotate(first=Min(name)).values_list("first")

"""Retirements as items of feeds and calendars."""

from django.db.models import OuterRef, QuerySet, Subquery

from catalog.models import FeedEntry, TimelineEntry
from catalog.news.changelog import feed_item
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound
from publishing.pages.feeds import FeedItem

MOST = 500


def retirement_items(ends: QuerySet[TimelineEntry]) -> list[tuple[PartialDate, FeedItem]]:
    """Return the retirements with their dates. One query."""
    stamped = FeedEntry.objects.filter(type="model", row_id=OuterRef("model_id")).values("stamped_at")
    return [(end.period, _item(end)) for end in ends.annotate(stamped_at=Subquery(stamped))[:MOST]]


def _item(end) -> FeedItem:
    by_vendor, when = end.row["is_by_vendor"], f"{'not before ' if end.bound == Bound.NOT_BEFORE else ''}{end.period}"
    heir = (end.row["replacement"] or {}).get("name") or end.row["replacement_name"] or "unknown"
    places = f"{'also at' if by_vendor else 'At'} {end.places}" if end.places else ""
    said = ", ".join(filter(None, ["By the vendor" if by_vendor else "", places]))
    words = f"End of service: {when}. {said}. Replacement: {heir}."
    return feed_item(f"end/{end.key}", end.name, end.path, f"end of service {when}", words, end.stamped_at)

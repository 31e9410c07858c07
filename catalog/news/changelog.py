"""The public changelog of the catalogue and its feed: events of models, new models, corrected facts."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.html import format_html

from catalog.documents import read
from catalog.documents.timeline import NEW, PRICE
from catalog.models import Action, AIModel, FieldChange, TimelineEntry
from catalog.news.recent import CatalogueChange, recent_changes
from catalog.presenting.rows import path
from catalog.rules.choices import Meter
from catalog.rules.facts import BY_NAME, FactPlace, values_in
from catalog.rules.grouping import grouped
from catalog.rules.partial_dates import PartialDate
from ops.http.urls import absolute, route
from publishing.pages.feeds import TYPES, Feed, FeedItem, tag_named

READ_AT_MOST = 300  # rows of the log, and of new models, that are read before grouping by day
NAMED_AT_MOST = 12  # names of new models shown per day; for more, only the number is given
ITEMS_IN_FEED = 50
UNKNOWN = "unknown"
FACTS = [fact.name for fact in values_in(FactPlace.PAGE)]
NEW_MODELS = TimelineEntry.objects.filter(kind=NEW).order_by("-last_day", "-date", "-pk")
# The words of a price in the timeline.
NEW_PRICE = re.compile(
    r"(?P<meter>[^:]+): (?P<amount>[\d.,]+) (?P<unit>[^;]+); before: (?P<before>[\d.,]+) (?P<unit_before>.+)"
)
PLACES_OF_METERS = {meter.label: place for place, meter in enumerate(Meter)}
CORRECTIONS = (
    FieldChange.objects.filter(part="", action=Action.CHANGED, field__in=FACTS, taken_back_at=None)
    .order_by("-at", "-pk")
    .values_list("pk", "record_id", "at", "field", "old", "new", named=True)
)


def catalogue_changes(day: date, count: int) -> list[CatalogueChange]:
    """Return the latest changes up to `day`, newest first. Four queries."""
    changes = [*recent_changes(day, count), *_new_models(day), *_corrections(day)]
    return sorted(changes, key=lambda change: (change.period.last_day, change.key), reverse=True)[:count]


def by_day_and_model(changes: Iterable[CatalogueChange]) -> list[tuple[PartialDate, list[list[CatalogueChange]]]]:
    """Return the changes of each day, those of one model together; its new prices at one place are one change."""
    days: dict[PartialDate, dict[tuple[str, str], list[CatalogueChange]]] = {}
    for change in changes:
        days.setdefault(change.period, {}).setdefault((change.url, change.name), []).append(change)
    return [
        (period, [_with_prices_together(of_model) for of_model in models.values()]) for period, models in days.items()
    ]


def _with_prices_together(changes: list[CatalogueChange]) -> list[CatalogueChange]:
    places: dict[tuple[str, str], list[CatalogueChange]] = {}
    for change in changes:
        is_price = change.status == PRICE
        places.setdefault((change.places if is_price else change.key, change.status), []).append(change)
    return [
        replace(same[0], details=_prices_in_words([change.details for change in same])) if len(same) > 1 else same[0]
        for same in places.values()
    ]


def _prices_in_words(details: list[str]) -> str:
    """Return "Input from 1.32 to 0.87, output from 3 to 4 USD per 1,000,000 tokens", or sentences for other units."""
    found = [match for text in details if (match := NEW_PRICE.fullmatch(text))]
    units = {match[name] for match in found for name in ("unit", "unit_before")}
    if len(found) < len(details) or len(units) > 1:
        return ". ".join(details)
    found.sort(key=lambda match: PLACES_OF_METERS.get(match["meter"], len(PLACES_OF_METERS)))
    steps = [f"{match['meter']} from {match['before']} to {match['amount']}" for match in found]
    return f"{', '.join([steps[0], *(step[:1].lower() + step[1:] for step in steps[1:])])} {units.pop()}"


def _new_models(day: date) -> list[CatalogueChange]:
    """Return one change per day with new models, because an import adds hundreds."""
    read.stamp_pending_changes()
    rows = NEW_MODELS.filter(last_day__lte=day).values_list("date", "name", "path")[:READ_AT_MOST]
    return [_new(on, models) for on, models in grouped((on, (name, url)) for on, name, url in rows).items()]


def _new(on: str, models: list[tuple[str, str]]) -> CatalogueChange:
    period, key = PartialDate.parse(on), f"new/{on}"
    if len(models) == 1:
        return CatalogueChange(period, *models[0], "new", "New in the catalogue", key=key)
    names = ", ".join(sorted((name for name, _ in models), key=str.casefold)[:NAMED_AT_MOST])
    more = len(models) - NAMED_AT_MOST
    details = f"{names} and {more if len(models) < READ_AT_MOST else 'many'} more" if more > 0 else names
    number = f"{len(models)} models" if len(models) < READ_AT_MOST else f"At least {READ_AT_MOST} models"
    list_url = route("catalog:list")
    return CatalogueChange(period, number, list_url, "new", "New in the catalogue", details=details, key=key)


def _corrections(day: date) -> list[CatalogueChange]:
    """Return corrected facts of models that were already public, grouped by model and day."""
    rows = CORRECTIONS.filter(record_type=ContentType.objects.get_for_model(AIModel))[:READ_AT_MOST]
    listed = AIModel.objects.listed().order_by().filter(pk__in={row.record_id for row in rows})
    models = {pk: values for pk, *values in listed.values_list("pk", "first_published_at", "name", "slug")}
    by_model = defaultdict(list)
    for row in rows:
        since, *_ = models.get(row.record_id, [None])
        # What is filled in on the day on which a model is added is no correction.
        if since and timezone.localdate(since) < timezone.localdate(row.at):
            by_model[timezone.localdate(row.at), row.record_id].append(row)
    return [_corrected(on, pk, models[pk][1], models[pk][2], rows) for (on, pk), rows in by_model.items() if on <= day]


def _corrected(on: date, model_key: int, name: str, slug: str, rows: list) -> CatalogueChange:
    details = ". ".join(filter(None, map(_difference, sorted(rows, key=lambda row: row.pk))))
    period = PartialDate.parse(on.isoformat())
    changed_at = max(row.at for row in rows)
    url, key = path(AIModel, slug) or "", f"fact/{model_key}/{on}"
    return CatalogueChange(period, name, url, "fact", "Facts changed", details=details, key=key, changed_at=changed_at)


def _difference(row) -> str:
    fact = BY_NAME[row.field]
    old, new = (fact.in_words(value) or UNKNOWN for value in (row.old, row.new))
    return f"{fact.label}: {new}; before: {old}" if old != new else ""


def feed_addresses() -> dict[str, str]:
    """Return the paths of the feed by format."""
    return {form: route(f"catalog:feed_{form}") for form in TYPES}


def changes_feed(title: str, description: str, path: str, day: date) -> Feed:
    """Return the feed of the latest changes up to `day`; `path` is the feed's own path."""
    items = [_item(change) for change in catalogue_changes(day, ITEMS_IN_FEED)]
    return Feed(title, description, absolute(path), absolute(route("catalog:changes")), items)


def _item(change: CatalogueChange) -> FeedItem:
    places = change.places and f"At {change.places}."
    sentence = " ".join(filter(None, [f"{change.label}, {change.period}.", places, change.details]))
    title = f"{change.label[:1].lower()}{change.label[1:]}"
    last_day = datetime.combine(change.period.last_day, time(), timezone.get_current_timezone())
    at = max(change.changed_at, last_day) if change.changed_at else last_day
    return feed_item(f"change/{change.key}", change.name, change.url, title, sentence, at)


def feed_item(key: str, name: str, path: str, title: str, text: str, at: datetime) -> FeedItem:
    """Return an item about a record with this name and path; `key` is permanent."""
    url = absolute(path)
    html = format_html('<p><a href="{}">{}</a>: {}</p>', url, name, text)
    return FeedItem(tag_named(f"catalog.{key}"), url, f"{name}: {title}", text, html, published_at=at, changed_at=at)

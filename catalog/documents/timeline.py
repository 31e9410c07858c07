"""Derive the dated changes that readers may see from documents: pure functions."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from catalog.documents.summaries import reference, show_of, sources_of
from catalog.models import AIModel, Provider, TimelineEntry
from catalog.models.evidence import is_doubted
from catalog.rules.choices import Meter
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import KEY, amount_in_words, conditions_in_words
from catalog.rules.status import Bound, EventKind

PRICE, NEW = "price", "new"
HAPPENS = {EventKind.RELEASED, EventKind.PREVIEW, EventKind.DEPRECATED, EventKind.RETIRED}
# A price takes the place of another only where both count the same.
TERMS = (*KEY, "currency", "unit", "per_quantity")


def timeline_of(key: int, document: dict, offerings: dict[int, dict]) -> list[TimelineEntry]:
    """Return the entries of a model and of its public offerings, by their keys; none of a name without a source.

    An event that a source disputes or none vouches for has no entry, nor has one that is only known not to come before
    a date, but for the end of service. A price has one if it took the place of another amount.
    """
    if show_of(document) == "unverified":
        return []
    named = {name: document[name] for name in ("id", "slug", "name", "path")}
    found = [_of_event(key, named, None, None, event) for event in _shown(document["events"])]
    found += [_of_publication(key, named, document["published_at"])] if document["published_at"] else []
    for offering_key, offering in sorted(offerings.items()):
        provider = reference(Provider, offering["provider"])
        found += [_of_event(key, named, offering_key, provider, event) for event in _shown(offering["events"])]
        prices = _with_those_before(offering["prices"])
        found += [_of_price(key, named, offering_key, provider, price, before) for price, before in prices]
    return found


def _shown(events: Iterable[dict]) -> list[dict]:
    return [
        event
        for event in events
        if event["kind"] in HAPPENS
        and (event["bound"] == Bound.EXACT or event["kind"] == EventKind.RETIRED)
        and not is_doubted({item["confidence"] for item in event["evidence"]})
    ]


def _of_event(key: int, model: dict, offering: int | None, provider: dict | None, event: dict) -> TimelineEntry:
    return TimelineEntry(
        kind=event["kind"],
        bound=event["bound"],
        key=f"{event['kind']}/{key}/{event['date']}",
        **_common(key, offering, provider, event["date"]),
        row={
            "model": model,
            "provider": provider,
            "replacement": reference(AIModel, event["replaced_by"]),
            "replacement_name": event["replacement_name"],
            "note": event["note"],
            "sources": sources_of(event["evidence"]),
        },
    )


def _of_price(key: int, model: dict, offering: int, provider: dict, price: dict, before: dict) -> TimelineEntry:
    terms = "/".join(str(price[name] or "") for name in TERMS)
    conditions = conditions_in_words(price)
    words = f"{Meter(price['meter']).label}{f' ({conditions})' if conditions else ''}: {amount_in_words(price)}"
    return TimelineEntry(
        kind=PRICE,
        bound=Bound.EXACT,
        key=f"price/{offering}/{price['valid_from']}/{hashlib.sha256(terms.encode()).hexdigest()[:16]}",
        **_common(key, offering, provider, price["valid_from"]),
        row={
            "model": model,
            "provider": provider,
            "words": f"{words}; before: {amount_in_words(before)}",
            "sources": sources_of(price["evidence"]),
        },
    )


def _of_publication(key: int, model: dict, published_at: str) -> TimelineEntry:
    on = timezone.localdate(datetime.fromisoformat(published_at)).isoformat()
    row = {"model": model, "provider": None, "sources": []}
    return TimelineEntry(kind=NEW, bound=Bound.EXACT, key=f"{NEW}/{on}", row=row, **_common(key, None, None, on))


def _common(key: int, offering: int | None, provider: dict | None, written: str) -> dict:
    return {
        "model_id": key,
        "offering_id": offering,
        "provider_id": int(provider["id"]) if provider else None,
        "date": written,
        "last_day": PartialDate.parse(written).last_day,
    }


def _with_those_before(prices: list[dict]) -> list[tuple[dict, dict]]:
    """Return each price that took the place of another amount, with that; a withdrawn one is neither."""
    latest, found = {}, []
    for price in sorted(prices, key=lambda price: price["valid_from"] or ""):
        if price["is_withdrawn"]:
            continue
        terms = tuple(price[name] for name in TERMS)
        before = latest.get(terms)
        if before and before["amount"] != price["amount"]:
            found.append((price, before))
        latest[terms] = price
    return found

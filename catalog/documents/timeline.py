"""Derive the public timeline of dated changes from documents: pure functions."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from operator import itemgetter

from django.utils import timezone

from catalog.documents.summaries import reference, show_of, sources_of
from catalog.models import AIModel, Provider, TimelineEntry
from catalog.models.evidence import is_doubted
from catalog.rules.choices import Confidence, Meter
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import KEY, amount_in_words, conditions_in_words
from catalog.rules.status import Bound, EventKind

PRICE, NEW, LEFT = "price", "new", "left"
MOVING = re.compile(r"\blatest\b", re.IGNORECASE)  # of names that move from model to model
HAPPENS = {EventKind.RELEASED, EventKind.PREVIEW, EventKind.DEPRECATED, EventKind.RETIRED}
# One price replaces another only if these terms are equal.
TERMS = (*KEY, "currency", "unit", "per_quantity")


def timeline_of(
    key: int, document: dict, offerings: dict[int, dict], left_on: str | None = None
) -> list[TimelineEntry]:
    """Return the entries of a model and its public offerings, given by key; none if the model is unverified.

    `left_on` is the day on which it left its vendor's list, None if it is in the list or has an end.
    Events that are disputed or only unverified are left out, and so are events with an open bound, except retirements.
    A price has an entry if it replaced a different amount.
    """
    if show_of(document) == "unverified":
        return []
    served = sorted(offerings.items(), key=lambda item: (int(item[1]["provider"]["id"]), item[0]))
    said, number = defaultdict(list), Counter(offering["provider"]["id"] for _, offering in served)
    # A provider may serve several snapshots of a model, and end one of them.
    names = {
        key: f"{offering['provider']['name']} ({offering['api_id']})"
        if number[offering["provider"]["id"]] > 1
        else offering["provider"]["name"]
        for key, offering in served
    }
    own = {vendor["reference_provider"] for vendor in document["vendors"]}
    by = [
        ({**offering["provider"], "name": names[key], "is_own": offering["provider"]["id"] in own}, offering)
        for key, offering in served
    ]
    for provider, record in [(None, document), *by]:
        for event in _shown(record["events"]):
            said[event["kind"], event["date"], event["bound"]].append((provider, event))
    end = own_end(document, offerings)
    plain = {offering["provider"]["id"]: offering["provider"]["name"] for offering in offerings.values()}
    told = []
    for (kind, written, bound), by in said.items():
        of_provider = Counter(provider["id"] for provider, _ in by if provider)
        # A provider that says so of all of its snapshots is named once, without their ids.
        whole = {one: plain[one] for one, count in of_provider.items() if count == number[one]}
        by = [
            (provider and {**provider, "name": whole.get(provider["id"], provider["name"])}, of) for provider, of in by
        ]
        told.append(_of_events(key, kind, written, bound, by, end))
    if document["published_at"]:
        on = timezone.localdate(datetime.fromisoformat(document["published_at"])).isoformat()
        told.append(TimelineEntry(kind=NEW, date=on, bound=Bound.EXACT, key=f"{NEW}/{on}", row={}))
    if left_on:
        told.append(_of_departure(key, document, offerings.values(), left_on))
    for offering_key, offering in served:
        prices = _with_those_before(offering["prices"])
        told += [_of_price(offering_key, names[offering_key], price, before) for price, before in prices]
    announced = min((entry.date for entry in told if entry.kind == EventKind.DEPRECATED), default="")
    for entry in told:
        entry.model_id, entry.name, entry.path = key, document["name"], document["path"] or ""
        entry.last_day = PartialDate.parse(entry.date).last_day
        vendors = [vendor["name"] for vendor in document["vendors"]]
        if entry.kind == LEFT:
            entry.row["vendors"] = vendors
        if entry.kind == EventKind.RETIRED:
            is_alias = bool(MOVING.search(document["name"]))  # its days are those of no model
            entry.row |= {"vendors": vendors, "released_on": document["released_on"]}
            entry.row |= {
                "days": None if is_alias else days_between(document["released_on"] or "", entry.date),
                "notice": None if is_alias else days_between(announced, entry.date),
            }
        if entry.bound == Bound.EXACT and entry.kind != NEW:
            entry.place = f"{entry.last_day} {entry.date} {entry.kind != PRICE:d}"
    return told


def days_between(first: str, last: str) -> int | None:
    """Return the days between two partial dates; None if one of them is no whole date."""
    is_exact = len(first) == len(last) == len("2026-11-24")
    return (date.fromisoformat(last) - date.fromisoformat(first)).days if is_exact else None


def _shown(events: Iterable[dict]) -> list[dict]:
    return [
        event
        for event in events
        if event["kind"] in HAPPENS
        and (event["bound"] == Bound.EXACT or event["kind"] == EventKind.RETIRED)
        and not is_doubted({item["confidence"] for item in event["evidence"]})
    ]


def own_end(document: dict, offerings: dict[int, dict]) -> str:
    """Return the date on which the last offering at a reference provider of the vendors ends.

    It is "" if one of these has no end, or if the vendor gives an end of the model itself.
    """
    if any(event["kind"] == EventKind.RETIRED for event in _shown(document["events"])):
        return ""
    providers = {vendor["reference_provider"] for vendor in document["vendors"]}
    own = [_shown(one["events"]) for one in offerings.values() if one["provider"]["id"] in providers]
    retired = {"kind": EventKind.RETIRED, "bound": Bound.EXACT}
    ends = [[event["date"] for event in events if retired.items() <= event.items()] for events in own]
    return max(map(max, ends), default="") if all(ends) else ""


def _of_events(
    key: int, kind: str, written: str, bound: str, by: list[tuple[dict | None, dict]], own_end: str
) -> TimelineEntry:
    """Return one entry for an event that several parties report: `by` has (provider or None for the vendor, event)."""
    places = {provider["name"]: reference(Provider, provider) or {} for provider, _ in by if provider}
    for provider, event in by:
        if provider:
            places[provider["name"]].setdefault("is_confirmed", bool(_stated([event])))
    events = [event for _, event in by]
    own = [event for provider, event in by if provider is None or provider["is_own"]]
    stated = _stated(own or events)
    # One page of the vendor is enough in lists; the document names all sources.
    told = stated[:1] if len(places) < 2 else []
    return TimelineEntry(
        kind=kind,
        date=written,
        bound=bound,
        key=f"{kind}/{key}/{written}",
        places=", ".join(place["name"] for place in places.values()),
        row={
            "is_by_vendor": by[0][0] is None,
            "is_of_model": by[0][0] is None or (kind, written, bound) == (EventKind.RETIRED, own_end, Bound.EXACT),
            "is_confirmed": bool(stated),
            "places": list(places.values()),
            "replacement": reference(
                AIModel, next((event["replaced_by"] for event in events if event["replaced_by"]), None)
            ),
            "replacement_name": next((event["replacement_name"] for event in events if event["replacement_name"]), ""),
            "sources": sources_of(told or (item for event in events for item in event["evidence"])),
        },
    )


def _of_departure(key: int, document: dict, offerings: Iterable[dict], left_on: str) -> TimelineEntry:
    """Return the entry of a model that has left the list of its vendor on a day; none of its ends is on record."""
    own = {vendor["reference_provider"] for vendor in document["vendors"]}
    (place, *_) = [one for one in offerings if one.get("left_list_on") == left_on and one["provider"]["id"] in own]
    evidence = [item for item in place["evidence"] if item["fact"] == "listing"] or place["evidence"]
    seen = f"Last seen there on {PartialDate.parse(place['last_listed_on'])}. " if place["last_listed_on"] else ""
    return TimelineEntry(
        kind=LEFT,
        date=left_on,
        bound=Bound.EXACT,
        key=f"{LEFT}/{key}/{left_on}",
        words=f"{seen}No last day is known",
        row={
            "is_by_vendor": True,  # by its list, not in words
            "is_of_model": True,
            "places": [],
            "last_listed_on": place["last_listed_on"],
            "replacement": reference(AIModel, document["replaced_by"]),
            "replacement_name": "",
            "sources": sources_of(evidence),
        },
    )


def _stated(events: Iterable[dict]) -> list[dict]:
    return [item for event in events for item in event["evidence"] if item["confidence"] == Confidence.VENDOR]


def _of_price(offering: int, place: str, price: dict, before: dict) -> TimelineEntry:
    terms = "/".join(str(price[name] or "") for name in TERMS)
    conditions = conditions_in_words(price)
    words = f"{Meter(price['meter']).label}{f' ({conditions})' if conditions else ''}: {amount_in_words(price)}"
    return TimelineEntry(
        kind=PRICE,
        date=price["valid_from"],
        bound=Bound.EXACT,
        key=f"price/{offering}/{price['valid_from']}/{hashlib.sha256(terms.encode()).hexdigest()[:16]}",
        places=place,
        words=f"{words}; before: {amount_in_words(before)}",
        row={},
    )


def _with_those_before(prices: list[dict]) -> list[tuple[dict, dict]]:
    """Return each price that replaced a different amount, with the former price. Withdrawn prices are ignored."""
    latest, found = {}, []
    for price in sorted(prices, key=itemgetter("valid_from")):
        if price["is_withdrawn"]:
            continue
        terms = tuple(price[name] for name in TERMS)
        before = latest.get(terms)
        if before and before["amount"] != price["amount"]:
            found.append((price, before))
        latest[terms] = price
    return found

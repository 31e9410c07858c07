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
from catalog.rules.choices import Confidence, Meter
from catalog.rules.levels import is_doubted
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import KEY, amount_in_words, conditions_in_words
from catalog.rules.status import Bound, EventKind

PRICE, NEW, LEFT = "price", "new", "left"
MOVING = re.compile(r"\blatest\b", re.IGNORECASE)  # of names that move from model to model
HAPPENS = {EventKind.RELEASED, EventKind.PREVIEW, EventKind.DEPRECATED, EventKind.RETIRED}
# One price replaces another only if these terms are equal.
TERMS = (*KEY, "currency", "unit", "per_quantity")

Report = tuple[dict | None, dict]  # the provider that reports an event, None for the vendor, and the event


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
    names = _names_of_places(offerings)
    entries = _of_all_events(key, document, offerings, names)
    if document["published_at"]:
        on = timezone.localdate(datetime.fromisoformat(document["published_at"])).isoformat()
        entries.append(TimelineEntry(kind=NEW, date=on, bound=Bound.EXACT, key=f"{NEW}/{on}", row={}))
    if left_on:
        entries.append(_of_departure(key, document, offerings.values(), left_on))
    for offering_key, name in names.items():
        prices = _with_those_before(offerings[offering_key]["prices"])
        entries += [_of_price(offering_key, name, price, before) for price, before in prices]
    announced_on = min((entry.date for entry in entries if entry.kind == EventKind.DEPRECATED), default="")
    for entry in entries:
        _add_model(entry, key, document, announced_on)
    return entries


def _names_of_places(offerings: dict[int, dict]) -> dict[int, str]:
    """Return the names of the providers by offering, in the order of providers.

    A provider may serve several snapshots of a model, and end one of them: then its name is followed by the id.
    """
    served = sorted(offerings.items(), key=lambda item: (int(item[1]["provider"]["id"]), item[0]))
    snapshots = Counter(offering["provider"]["id"] for offering in offerings.values())
    names = {}
    for key, offering in served:
        provider = offering["provider"]
        names[key] = provider["name"]
        if snapshots[provider["id"]] > 1:
            names[key] += f" ({offering['api_id']})"
    return names


def _of_all_events(key: int, document: dict, offerings: dict[int, dict], names: dict[int, str]) -> list[TimelineEntry]:
    """Return an entry for each event, whoever reports it: the vendor, or a provider under its name in `names`."""
    vendor_providers = {vendor["reference_provider"] for vendor in document["vendors"]}
    reports_by_event = defaultdict(list)
    for event in _that_happen(document["events"]):
        reports_by_event[event["kind"], event["date"], event["bound"]].append((None, event))
    for offering_key, name in names.items():
        offering = offerings[offering_key]
        is_own = offering["provider"]["id"] in vendor_providers
        provider = {**offering["provider"], "name": name, "is_own": is_own}
        for event in _that_happen(offering["events"]):
            reports_by_event[event["kind"], event["date"], event["bound"]].append((provider, event))
    end = own_end(document, offerings)
    return [
        _of_events(key, kind, written, bound, _with_short_names(reports, offerings), end)
        for (kind, written, bound), reports in reports_by_event.items()
    ]


def _with_short_names(reports: list[Report], offerings: dict[int, dict]) -> list[Report]:
    """Return the reports of one event, without ids of snapshots where the provider reports it for all of its own."""
    snapshots = Counter(offering["provider"]["id"] for offering in offerings.values())
    reported = Counter(provider["id"] for provider, _ in reports if provider)
    name_by_provider = {offering["provider"]["id"]: offering["provider"]["name"] for offering in offerings.values()}
    renamed: list[Report] = []
    for provider, event in reports:
        if provider and reported[provider["id"]] == snapshots[provider["id"]]:
            provider = {**provider, "name": name_by_provider[provider["id"]]}
        renamed.append((provider, event))
    return renamed


def _add_model(entry: TimelineEntry, key: int, document: dict, announced_on: str) -> None:
    """Complete an entry with what it says of its model; `announced_on` is the day of its first deprecation, or ""."""
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
            "notice": None if is_alias else days_between(announced_on, entry.date),
        }
    if entry.bound == Bound.EXACT and entry.kind != NEW:
        entry.place = f"{entry.last_day} {entry.date} {entry.kind != PRICE:d}"


def days_between(first: str, last: str) -> int | None:
    """Return the days between two partial dates; None if one of them is no whole date."""
    is_exact = len(first) == len(last) == len("2026-11-24")
    return (date.fromisoformat(last) - date.fromisoformat(first)).days if is_exact else None


def _that_happen(events: Iterable[dict]) -> list[dict]:
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
    if any(event["kind"] == EventKind.RETIRED for event in _that_happen(document["events"])):
        return ""
    providers = {vendor["reference_provider"] for vendor in document["vendors"]}
    events_of_offerings = [
        _that_happen(offering["events"]) for offering in offerings.values() if offering["provider"]["id"] in providers
    ]
    retired = {"kind": EventKind.RETIRED, "bound": Bound.EXACT}
    ends = [[event["date"] for event in events if retired.items() <= event.items()] for events in events_of_offerings]
    return max(map(max, ends), default="") if all(ends) else ""


def _of_events(key: int, kind: str, written: str, bound: str, reports: list[Report], own_end: str) -> TimelineEntry:
    """Return one entry for an event that several parties report."""
    places = {provider["name"]: reference(Provider, provider) or {} for provider, _ in reports if provider}
    for provider, event in reports:
        if provider:
            places[provider["name"]].setdefault("is_confirmed", bool(_stated([event])))
    events = [event for _, event in reports]
    vendor_events = [event for provider, event in reports if provider is None or provider["is_own"]]
    stated = _stated(vendor_events or events)
    # One page of the vendor is enough in lists; the document names all sources.
    vendor_page = stated[:1] if len(places) < 2 else []
    return TimelineEntry(
        kind=kind,
        date=written,
        bound=bound,
        key=f"{kind}/{key}/{written}",
        places=", ".join(place["name"] for place in places.values()),
        row={
            "is_by_vendor": reports[0][0] is None,
            "is_of_model": reports[0][0] is None or (kind, written, bound) == (EventKind.RETIRED, own_end, Bound.EXACT),
            "is_confirmed": bool(stated),
            "places": list(places.values()),
            "replacement": reference(
                AIModel, next((event["replaced_by"] for event in events if event["replaced_by"]), None)
            ),
            "replacement_name": next((event["replacement_name"] for event in events if event["replacement_name"]), ""),
            "sources": sources_of(vendor_page or (item for event in events for item in event["evidence"])),
        },
    )


def _of_departure(key: int, document: dict, offerings: Iterable[dict], left_on: str) -> TimelineEntry:
    """Return the entry of a model that has left the list of its vendor on a day; none of its ends is on record."""
    vendor_providers = {vendor["reference_provider"] for vendor in document["vendors"]}
    (place, *_) = [
        offering
        for offering in offerings
        if offering.get("left_list_on") == left_on and offering["provider"]["id"] in vendor_providers
    ]
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
    price_text = f"{Meter(price['meter']).label}{f' ({conditions})' if conditions else ''}: {amount_in_words(price)}"
    return TimelineEntry(
        kind=PRICE,
        date=price["valid_from"],
        bound=Bound.EXACT,
        key=f"price/{offering}/{price['valid_from']}/{hashlib.sha256(terms.encode()).hexdigest()[:16]}",
        places=place,
        words=f"{price_text}; before: {amount_in_words(before)}",
        row={},
    )


def _with_those_before(prices: list[dict]) -> list[tuple[dict, dict]]:
    """Return each price that replaced a different amount, with the former price. Withdrawn prices are ignored."""
    latest, pairs = {}, []
    for price in sorted(prices, key=itemgetter("valid_from")):
        if price["is_withdrawn"]:
            continue
        terms = tuple(price[name] for name in TERMS)
        before = latest.get(terms)
        if before and before["amount"] != price["amount"]:
            pairs.append((price, before))
        latest[terms] = price
    return pairs

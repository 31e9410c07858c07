"""The facts of models that texts can cite, with their sources, and comparison tables of them, from documents."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

from catalog.documents import read
from catalog.documents.storing import stored_documents, stored_together
from catalog.models import AIModel, ModelPeriod
from catalog.models.evidence import is_doubted
from catalog.pages.rows import by_fact, event_rows, named
from catalog.rules.choices import Confidence, Existence, Meter
from catalog.rules.facts import BY_NAME, TOKENS, FactPlace, values_in
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import CONDITIONS, CURRENCY, NO_CHARGE, PER, number_in_words, prices_on
from catalog.rules.status import Bound, EventKind, Status, status_on
from publishing.content.facts import Citable, CitedFact, Ended, FactSource, citable
from publishing.rendering.tables.sources import Comparable, comparable

PRICES = {"input_price": Meter.INPUT, "output_price": Meter.OUTPUT}
# Dates of events of the model itself, according to its vendor; the last if there are several.
DAYS = {
    "announced_on": (EventKind.ANNOUNCED, "Announced"),
    "preview_on": (EventKind.PREVIEW, "In preview since"),
    "deprecated_on": (EventKind.DEPRECATED, "Deprecation announced"),
    "retired_on": (EventKind.RETIRED, "End of service"),
}
RETIRED = Status.RETIRED.label.lower()
FIELDS = values_in(FactPlace.PAGE)
TAGS = ("vendors", "input_modalities", "output_modalities")
LABELS = {
    "name": "Name",
    **{name: BY_NAME[name].label for name in TAGS},
    **{fact.name: fact.label for fact in FIELDS},
    "status": "Status",
    **{name: label for name, (_, label) in DAYS.items()},
    "input_price": "Lowest input price",
    "output_price": "Lowest output price",
}
# Among several sources, prefer one that we have checked, then the closest to the vendor, then the latest, then the one
# with the most facts of the model, so that the facts of one model have the same source if possible.
TRUST = [Confidence.VENDOR, Confidence.THIRD_PARTY, Confidence.UNVERIFIED, Confidence.DISPUTED]
Keys = dict[int, set[str]]
Prices = dict[tuple[int, str], tuple[Decimal, int]]


def look_up(names: Keys, day: date, with_sources: bool = True) -> dict[tuple[int, str], CitedFact]:
    """Return the known facts of public models by key and name. One query, one more each for sources and prices."""
    read.stamp_pending_changes()
    prices = _prices(names, day)
    if cheapest := {offering for _, offering in prices.values()}:
        documents, offerings = stored_together(names.keys(), cheapest)
    else:
        documents, offerings = stored_documents("model", names.keys()), {}
    found = {}
    for key, document in documents.items():
        evidence, says = by_fact(document["evidence"]), Counter(item["source"] for item in document["evidence"])
        for name in sorted(names[key]):
            amount, offering = prices.get((key, name), (None, None))
            value, number = _value(document, name, day, amount)
            if value:
                items = _evidence(document, name, day, evidence, offerings.get(offering) if offering else None)
                found[key, name] = value, number, [((*place, -says[item["source"]]), item) for place, item in items]
    named = {item["source"] for _, _, items in found.values() for _, item in items}
    sources = read.sources(named) if with_sources else {}
    return {
        (key, name): _cited(documents[key], name, value, number, items, sources, day)
        for (key, name), (value, number, items) in found.items()
    }


def turns(keys: set[int], day: date) -> dict[int, set[date]]:
    """Return by model key the days after `day` on which its status or a lowest price changes. One query."""
    read.stamp_pending_changes()
    found = defaultdict(set)
    rows = ModelPeriod.objects.filter(model_id__in=keys, first_day__gt=day).values_list("model_id", "first_day")
    for key, first_day in rows:
        found[key].add(first_day)
    return found


citable[AIModel._meta.label_lower] = Citable(LABELS, ("name", "status"), look_up, "status", turns)


def _prices(names: Keys, day: date) -> Prices:
    """Return the requested lowest prices by model key and fact name, each with the key of its offering."""
    wanted = [key for key in names if names[key] & PRICES.keys()]
    if not wanted:
        return {}
    return {
        (row["model_id"], name): (row[name], row[f"{meter}_offering_id"])
        for row in ModelPeriod.objects.on(day).filter(model_id__in=wanted).values()
        for name, meter in PRICES.items()
        if name in names[row["model_id"]] and row[name] is not None
    }


def _value(document: dict, name: str, day: date, amount: Decimal | None) -> tuple[str, str]:
    """Return the value in words ("" if unknown), and the number in it if it is one with a unit."""
    if name == "name":
        return document["name"], ""
    if name in TAGS:
        return ", ".join(tag["name"] for tag in document[name]), ""
    if name == "status":
        status = status_on(day, document)
        return ("", "") if status == Status.UNKNOWN else (status.label.lower(), "")
    if name in PRICES:
        if amount is None:
            return "", ""
        number = number_in_words(amount)
        return (f"{number} {CURRENCY} per {PER:,} tokens", number) if amount else (NO_CHARGE, "")
    if name in DAYS:
        kind = DAYS[name][0]
        days = [one["date"] for one in document["events"] if one["kind"] == kind and one["bound"] == Bound.EXACT]
        return str(PartialDate.parse(max(days))) if days else "", ""
    fact = BY_NAME[name]
    number = fact.in_words(document[name])
    return (f"{number} {TOKENS}" if number and fact.unit == TOKENS else number), number


def _evidence(document: dict, name: str, day: date, evidence: dict, offering: dict | None) -> list[tuple[tuple, dict]]:
    """Return the evidence for a fact, each with its rank: the lowest is the most relevant. `offering` is for prices."""
    if name in PRICES:
        prices = prices_on(day, offering["prices"]) if offering else []
        own = [one for one in prices if one["meter"] == PRICES[name] and not any(one[key] for key in CONDITIONS)]
        return [((), item) for item in own[0]["evidence"]] if own else []
    found = []
    if name == "status" or name in DAYS:
        status = status_on(day, document)
        found = [
            (_place(name, event, day, status), item)
            for event in document["events"]
            if name == "status" or event["kind"] == DAYS[name][0]
            for item in event["evidence"]
        ]
    return found or [((), item) for item in evidence.get(None if name == "name" else name, ())]


def _place(name: str, event: dict, day: date, status: Status) -> tuple:
    """Return the rank of an event as evidence for a fact: the lowest is used. For dates, the latest one is cited.

    The latest past event decides the status, but a future retirement may make a model deprecated.
    """
    period = PartialDate.parse(event["date"])
    if name != "status":
        return event["bound"] != Bound.EXACT, -period.first_day.toordinal()
    by_its_end = [EventKind.DEPRECATED, EventKind.RETIRED] if status == Status.DEPRECATED else []
    place = by_its_end.index(event["kind"]) if event["kind"] in by_its_end else len(by_its_end)
    has_happened = event["bound"] == Bound.EXACT and period.last_day <= day
    return place, not has_happened, -period.last_day.toordinal()


def _cited(document: dict, name: str, value: str, number: str, items, sources: dict[str, dict], day: date) -> CitedFact:
    sourced = [(place, item, sources[item["source"]]) for place, item in items if item["source"] in sources]
    best = min(sourced, key=_rank, default=None)
    is_unsure = name == "name" and document["existence"] == Existence.UNVERIFIED
    return CitedFact(
        title=document["name"],
        label=LABELS[name],
        value=value,
        number=number or ("" if name in PRICES else value),
        url=document["path"],
        source=_source(best[1], best[2]) if best else None,
        is_doubtful=is_unsure or is_doubted({item["confidence"] for _, item in items}),
        ended=_ended(document, day) if name == "status" and value == RETIRED else None,
    )


def _rank(found: tuple) -> tuple:
    (*place, says), item, source = found
    trust = not item["is_checked"], TRUST.index(item["confidence"]), -date.fromisoformat(source["read_on"]).toordinal()
    return *place, *trust, says, int(source["id"])


def _source(item: dict, source: dict) -> FactSource:
    confidence = Confidence(item["confidence"])
    doubt = "" if confidence in {Confidence.VENDOR, Confidence.THIRD_PARTY} else confidence.label
    remark = doubt or ("" if item["is_checked"] else "not checked by us")
    read_on = date.fromisoformat(source["read_on"])
    return FactSource(
        int(source["id"]), source["title"], source["url"] or "", source["publisher"], read_on, str(remark)
    )


def _ended(document: dict, day: date) -> Ended | None:
    """Return the notice of a past retirement, or None. The document names the replacement, or else the latest event."""
    ends = [event for event in event_rows(document) if event.kind == EventKind.RETIRED and event.bound == Bound.EXACT]
    ends = sorted((event for event in ends if event.period.last_day <= day), key=lambda event: event.date, reverse=True)
    if not ends:
        return None
    replacement = named("replaced_by", document["replaced_by"]) or next(
        filter(None, (end.replacement for end in ends)), None
    )
    return Ended(
        title=document["name"],
        url=document["path"],
        since=f"{ends[0].period}{' (not confirmed)' if ends[0].is_doubtful else ''}",
        replacement=str(replacement or next(filter(None, (end.replacement_name for end in ends)), "")),
        replacement_url=replacement.url if replacement else "",
    )


comparable[AIModel._meta.label_lower] = Comparable(
    noun="Model",
    columns={name: label for name, label in LABELS.items() if name != "name"},
    offered=AIModel.objects.listed,
    status_fact="status",
    warnings=frozenset(status.label.lower() for status in (Status.DEPRECATED, Status.RETIRED)),
)

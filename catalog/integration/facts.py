"""The facts of models that texts can cite, with their sources, and comparison tables of them, from documents."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from catalog.charts.drawn import CHARTS
from catalog.documents import read
from catalog.documents.storing import stored_documents, stored_together
from catalog.integration.cautions import cautions
from catalog.lifecycle.heirs import followed
from catalog.models import AIModel, ModelPeriod, OfferingPeriod, OfferingSummary
from catalog.models.evidence import is_doubted
from catalog.presenting.rows import by_fact, event_rows, evidence_of_status, path
from catalog.rules.choices import Confidence, Existence, Level
from catalog.rules.facts import BY_NAME, TOKENS, FactPlace, values_in
from catalog.rules.levels import provenance_of_source
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import CURRENCY, NO_CHARGE, PER, PRICE_LABELS, number_in_words, ordinary_price
from catalog.rules.status import Bound, EventKind, Status, status_on
from publishing.content.facts import Citable, CitedFact, Ended, FactSource, citable
from publishing.rendering.tables.sources import Comparable, comparable

# Prices are those at the reference provider; with the prefix the lowest; with the suffix and a key those at a provider.
LOWEST, AT = "lowest_", "_at_"
STATUS = "status"
# Dates of events of the model itself, according to its vendor; the last if there are several.
DAYS = {
    "announced_on": (EventKind.ANNOUNCED, "Announced"),
    "preview_on": (EventKind.PREVIEW, "In preview since"),
    "deprecated_on": (EventKind.DEPRECATED, "Deprecation announced"),
    "retired_on": (EventKind.RETIRED, "Last day"),
}
RETIRED = Status.RETIRED.label.lower()
FIELDS = values_in(FactPlace.PAGE)
TAGS = ("vendors", "input_modalities", "output_modalities")
LABELS = {
    "name": "Name",
    **{name: BY_NAME[name].label for name in TAGS},
    **{fact.name: fact.label for fact in FIELDS},
    STATUS: "Status",
    **{name: label for name, (_, label) in DAYS.items()},
    **PRICE_LABELS,
    f"{LOWEST}input_price": "Input price of the lowest offer",
    f"{LOWEST}output_price": "Output price of the lowest offer",
}
# Among several sources, prefer one that we have checked, then the closest to the vendor, then the latest, then the one
# with the most facts of the model, so that the facts of one model have the same source if possible.
TRUST = [Confidence.VENDOR, Confidence.THIRD_PARTY, Confidence.UNVERIFIED, Confidence.DISPUTED]
OF_PERIOD = ("model_id", STATUS, *PRICE_LABELS, "offering_id", "price_at", "lowest_offering_id", "lowest")
OF_OFFER = ("offering__model_id", "offering__provider_id", *PRICE_LABELS, "offering_id", "offering__provider_name")
Keys = dict[int, set[str]]


class FoundPrice(NamedTuple):
    amount: Decimal
    offering: int  # its key
    provider: str  # its name


Prices = dict[tuple[int, str], FoundPrice]


def look_up(names: Keys, day: date, with_sources: bool = True) -> dict[tuple[int, str], CitedFact]:
    """Return the known facts of public models by key and name.

    One query, one more for sources, one for statuses and prices, and one for prices at providers.
    """
    on_day = read.on_day(day)
    of_day = {key for key, some in names.items() if any(name == STATUS or _price_of(name) for name in some)}
    rows = ModelPeriod.objects.filter(**on_day, model__in=of_day).values(*OF_PERIOD)
    periods = {row["model_id"]: row for row in rows}
    prices = _prices(names, on_day, periods)
    own = {key: period["offering_id"] or 0 for key, period in periods.items()}
    documents, offerings = stored_together(names.keys(), {*own.values(), *(one.offering for one in prices.values())})
    found = {}
    for key, document in documents.items():
        evidence, says = by_fact(document["evidence"]), Counter(item["source"] for item in document["evidence"])
        for name in sorted(names[key]):
            price = prices.get((key, name))
            value, number = _value(document, name, periods.get(key), price)
            if value:
                offering = offerings.get(price.offering if price else own.get(key, 0))
                items = _evidence(document, name, day, evidence, offering, value)
                found[key, name] = value, number, [((*place, -says[item["source"]]), item) for place, item in items]
    named = {item["source"] for _, _, items in found.values() for _, item in items}
    sources = read.sources(named) if with_sources else {}
    return {
        (key, name): _cited(documents[key], name, value, number, items, sources, day)
        for (key, name), (value, number, items) in found.items()
    }


def ended(keys: set[int], day: date) -> dict[int, Ended]:
    """Return notices of these models that are retired, each with the last of its replacements.

    One query, and one for each step of the replacements.
    """
    retired = ModelPeriod.objects.filter(**read.on_day(day), model__in=keys, status=Status.RETIRED)
    documents = stored_documents("model", retired.values_list("model_id", flat=True))
    ends = {key: _end(document, day) for key, document in documents.items()}
    pairs = zip(ends.items(), followed(ends.values()), strict=True)
    return {key: _ended(documents[key], end["since"], heirs) for (key, end), heirs in pairs}


def turns(keys: set[int], day: date) -> dict[int, set[date]]:
    """Return by model key the days after `day` on which its status or a price changes. Two queries."""
    read.stamp_pending_changes()
    days_by_model = defaultdict(set)
    model_turns = ModelPeriod.objects.filter(model_id__in=keys, first_day__gt=day).values_list("model_id", "first_day")
    offered = OfferingPeriod.objects.filter(offering__model_id__in=keys, first_day__gt=day)
    for key, first_day in (*model_turns, *offered.values_list("offering__model_id", "first_day")):
        days_by_model[key].add(first_day)
    return days_by_model


def plain_name(name: str) -> str:
    """Return the name in LABELS for that of a price at a provider."""
    plain, _, key = name.partition(AT)
    return plain if key.isdecimal() and len(key) < 19 and plain in PRICE_LABELS else name


def prices_at_providers(key: int) -> dict[str, str]:
    """Return the names and labels of the prices of a model at its providers. One query."""
    read.stamp_pending_changes()
    rows = OfferingSummary.objects.filter(model_id=key).order_by("provider_name")
    return {
        f"{name}{AT}{provider}": f"{label} via {provider_name}"
        for provider, provider_name in rows.values_list("provider_id", "provider_name").distinct()
        for name, label in PRICE_LABELS.items()
    }


citable[AIModel._meta.label_lower] = Citable(
    *(LABELS, ("name", STATUS), look_up, ended, cautions, turns, plain_name, prices_at_providers),
    usual=("input_price", "output_price", "context_tokens", "retired_on"),
    states_end=(STATUS, "deprecated_on", "retired_on"),
)


def _prices(names: Keys, on_day: dict[str, date], periods: dict[int, dict]) -> Prices:
    """Return the requested prices by model key and fact name. One query for those at named providers."""
    wanted = [(key, name) for key, some in names.items() for name in some if _price_of(name)]
    at = {(key, name): (key, int(name.partition(AT)[2])) for key, name in wanted if AT in name}
    models, providers = {model for model, _ in at.values()}, {provider for _, provider in at.values()}
    asked = {"offering__model_id__in": models, "offering__provider_id__in": providers}
    rows = read.LASTING_FIRST.filter(**on_day, **asked).exclude(status=Status.RETIRED).values(*OF_OFFER)
    offers = {(row["offering__model_id"], row["offering__provider_id"]): row for row in reversed(rows)}
    found = {}
    for key, name in wanted:
        if (place := at.get((key, name))) and (offer := offers.get(place)):
            found[key, name] = offer[_price_of(name)], offer["offering_id"], offer["offering__provider_name"]
        elif (period := periods.get(key)) and name in PRICE_LABELS:
            found[key, name] = period[name], period["offering_id"], period["price_at"]
        elif period and (lowest := period["lowest"]) and AT not in name:
            amount = lowest[_price_of(name)]
            found[key, name] = amount and Decimal(amount), period["lowest_offering_id"], lowest["provider"]["name"]
    return {place: FoundPrice(*price) for place, price in found.items() if price[0] is not None}


def _price_of(name: str) -> str:
    """Return which of the prices a fact is, or ""."""
    price = plain_name(name).removeprefix(LOWEST)
    return price if price in PRICE_LABELS else ""


def _value(document: dict, name: str, period: dict | None, price: FoundPrice | None) -> tuple[str, str]:
    """Return the value in words ("" if unknown), and the number in it if it is one with a unit."""
    if name == "name":
        return document["name"], ""
    if name in TAGS:
        return ", ".join(tag["name"] for tag in document[name]), ""
    if name == STATUS:
        status = Status(period["status"]) if period else Status.UNKNOWN
        return ("", "") if status == Status.UNKNOWN else (status.label.lower(), "")
    if _price_of(name):
        if price is None:
            return "", ""
        number, where = number_in_words(price.amount), f" via {price.provider}" if name.startswith(LOWEST) else ""
        unit = f"{CURRENCY} per {PER:,} tokens"
        return (f"{number} {unit}{where}", f"{number}{where}") if price.amount else (f"{NO_CHARGE}{where}", "")
    if name in DAYS:
        kind = DAYS[name][0]
        days = [
            event["date"] for event in document["events"] if event["kind"] == kind and event["bound"] == Bound.EXACT
        ]
        return str(PartialDate.parse(max(days))) if days else "", ""
    fact = BY_NAME[name]
    number = fact.in_words(document[name])
    return (f"{number} {TOKENS}" if number and fact.unit == TOKENS else number), number


def _evidence(
    document: dict, name: str, day: date, evidence: dict, offering: dict | None, value: str
) -> list[tuple[tuple, dict]]:
    """Return the evidence for a fact, each with its rank: the lowest is the most relevant.

    `offering` is the one with the price, or that of the vendor, by which a model may be deprecated.
    """
    if price := _price_of(name):
        price_row = offering and ordinary_price(day, offering["prices"], price)
        return [((), item) for item in price_row["evidence"]] if price_row else []
    items = []
    if name == STATUS or name in DAYS:
        status = status_on(day, document)
        if name == STATUS and value != status.label.lower():
            return [((), item) for item in (evidence_of_status(offering) if offering else ())]
        items = [
            (_place(name, event, day, status), item)
            for event in document["events"]
            if name == STATUS or event["kind"] == DAYS[name][0]
            for item in event["evidence"]
        ]
    return items or [((), item) for item in evidence.get(None if name == "name" else name, ())]


def _place(name: str, event: dict, day: date, status: Status) -> tuple:
    """Return the rank of an event as evidence for a fact: the lowest is used. For dates, the latest one is cited.

    The latest past event decides the status, but a future retirement may make a model deprecated.
    """
    period = PartialDate.parse(event["date"])
    if name != STATUS:
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
        label=LABELS[plain_name(name)],
        value=value,
        number=number or ("" if _price_of(name) else value),
        url=document["path"],
        source=_source(best[1], best[2]) if best else None,
        is_doubtful=is_unsure or is_doubted({item["confidence"] for _, item in items}),
    )


def _rank(cited: tuple) -> tuple:
    (*place, citations), item, source = cited
    read_on = date.fromisoformat(source["read_on"]).toordinal()
    trust = -provenance_of_source(item).place, TRUST.index(item["confidence"])
    return *place, *trust, -read_on, citations, int(source["id"])


def _source(item: dict, source: dict) -> FactSource:
    confidence = Confidence(item["confidence"])
    doubt = "" if confidence in {Confidence.VENDOR, Confidence.THIRD_PARTY} else confidence.label
    provenance = provenance_of_source(item)
    remark = doubt or ("" if provenance.level == Level.SOURCE else provenance.describe("us"))
    read_on = date.fromisoformat(source["read_on"])
    title_url_publisher = source["title"], source["url"] or "", source["publisher"]
    return FactSource(int(source["id"]), *title_url_publisher, read_on, str(remark))


def _end(document: dict, day: date) -> dict:
    """Return the past end of service, "" if only its offerings have ended, with the replacement that the document
    names, or else the latest event."""
    ends = [event for event in event_rows(document) if event.kind == EventKind.RETIRED and event.bound == Bound.EXACT]
    ends = sorted((event for event in ends if event.period.last_day <= day), key=lambda event: event.date, reverse=True)
    heir = next(filter(None, [document["replaced_by"], *(end.replaced_by for end in ends)]), None)
    replacement_name = next((end.replacement_name for end in ends if end.replacement_name), "")
    since = f"{ends[0].period}{' (not confirmed)' if ends[0].is_doubtful else ''}" if ends else ""
    return {"since": since, "replacement": heir, "replacement_name": replacement_name}


def _ended(document: dict, since: str, heirs: list[dict]) -> Ended:
    heir = heirs[-1] if heirs else {"name": "", "slug": None}
    address = path(AIModel, heir["slug"]) if heir["slug"] else None
    return Ended(document["name"], document["path"], since, heir["name"], address or "")


comparable[AIModel._meta.label_lower] = Comparable(
    noun="Model",
    columns={name: label for name, label in LABELS.items() if name != "name"},
    offered=AIModel.objects.listed().order_by(),
    status_fact=STATUS,
    warnings=frozenset(status.label.lower() for status in (Status.DEPRECATED, Status.RETIRED)),
    charts=CHARTS,
)

"""The facts of models that texts can cite, with their sources, and comparison tables of them, from documents."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from catalog.charts.drawn import CHARTS
from catalog.documents import read
from catalog.documents.on_day import CatalogueOnDay, ModelOnDay
from catalog.groups import LISTED
from catalog.integration.cautions import cautions
from catalog.lifecycle.heirs import followed
from catalog.models import AIModel, ModelPeriod, OfferingPeriod, OfferingSummary
from catalog.presenting.rows import by_fact, event_rows, path
from catalog.rules.choices import Confidence, Existence, Level
from catalog.rules.facts import BY_NAME, TOKENS, FactPlace, values_in
from catalog.rules.levels import is_doubted, provenance_of_source
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import CURRENCY, NO_CHARGE, PER, PRICE_LABELS, number_in_words, ordinary_price
from catalog.rules.service import evidence_of_status
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
Keys = dict[int, set[str]]


class FoundPrice(NamedTuple):
    """`offering` is the document of the offering with the price; `provider` is the name of its provider."""

    amount: Decimal
    offering: dict | None
    provider: str


class ModelsOnDay(CatalogueOnDay):
    """The models that texts of a page mention, with their facts."""

    def __init__(self, day: date, names: Keys):
        at_providers = {name for some in names.values() for name in some if _is_at_provider(name)}
        super().__init__(day, names, {int(name.partition(AT)[2]) for name in at_providers})

    def pages(self, keys: Collection[int]) -> dict[int, tuple[str, str]]:
        return {key: (model.row["path"], model.name) for key, model in self.models(keys).items()}

    def comparable(self, keys: Collection[int]) -> list[int]:
        return [key for key, model in self.models(keys).items() if model.show in LISTED]

    def facts(self, names: Keys, with_sources: bool = True) -> dict[tuple[int, str], CitedFact]:
        """Return the known facts of public models by key and name.

        One query for models that were not read yet, one for sources, and one for prices at providers and lowest prices.
        """
        found, documents = {}, {}
        for key, model in self.models(key for key, some in names.items() if some).items():
            documents[key] = document = model.document
            evidence, says = by_fact(document["evidence"]), Counter(item["source"] for item in document["evidence"])
            own = model.offering_document
            for name in sorted(names[key]):
                price = self._price(model, name, own) if _price_of(name) else None
                value, number = _value(document, name, model.status, price)
                if value:
                    items = _evidence(document, name, self.day, evidence, price.offering if price else own, value)
                    found[key, name] = value, number, [((*place, -says[item["source"]]), item) for place, item in items]
        named = {item["source"] for _, _, items in found.values() for _, item in items}
        sources = read.sources(named) if with_sources else {}
        return {
            (key, name): _cited(documents[key], name, value, number, items, sources)
            for (key, name), (value, number, items) in found.items()
        }

    def _price(self, model: ModelOnDay, name: str, own: dict | None) -> FoundPrice | None:
        """Return a price; `own` is the document of the offering with the prices of the model."""
        of, found = _price_of(name), None
        if _is_at_provider(name):
            place = model.key, int(name.partition(AT)[2])
            offers = (one for one in self.offers().values() if one.status != Status.RETIRED)
            offer = next((one for one in offers if (one.model, one.provider) == place), None)
            found = offer and (getattr(offer, of), offer.document, offer.provider_name)
        elif name in PRICE_LABELS:
            found = getattr(model, of), own, model.price_at
        elif (lowest := model.lowest) and model.lowest_offering_id:
            offer = self.offers().get(model.lowest_offering_id)
            found = lowest[of] and Decimal(lowest[of]), offer and offer.document, lowest["provider"]["name"]
        return FoundPrice(*found) if found and found[0] is not None else None

    def ended(self, keys: Collection[int]) -> dict[int, Ended]:
        """Return notices of these models that are retired, each with the last of its replacements.

        One query for each step of the replacements.
        """
        models = {key: model for key, model in self.models(keys).items() if model.status == Status.RETIRED}
        ends = {key: _end(model.document, self.day) for key, model in models.items()}
        pairs = zip(ends.items(), followed(ends.values()), strict=True)
        return {key: _ended(models[key], end["since"], heirs) for (key, end), heirs in pairs}


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
    *(LABELS, ("name", STATUS), ModelsOnDay, cautions, turns, plain_name, prices_at_providers),
    usual=("input_price", "output_price", "context_tokens", "retired_on"),
    states_end=(STATUS, "deprecated_on", "retired_on"),
)


def _is_at_provider(name: str) -> bool:
    return plain_name(name) != name


def _price_of(name: str) -> str:
    """Return which of the prices a fact is, or ""."""
    price = plain_name(name).removeprefix(LOWEST)
    return price if price in PRICE_LABELS else ""


def _value(document: dict, name: str, status: str, price: FoundPrice | None) -> tuple[str, str]:
    """Return the value in words ("" if unknown), and the number in it if it is one with a unit."""
    if name == "name":
        return document["name"], ""
    if name in TAGS:
        return ", ".join(tag["name"] for tag in document[name]), ""
    if name == STATUS:
        return ("", "") if status == Status.UNKNOWN else (Status(status).label.lower(), "")
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


def _cited(document: dict, name: str, value: str, number: str, items, sources: dict[str, dict]) -> CitedFact:
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


def _ended(model: ModelOnDay, since: str, heirs: list[dict]) -> Ended:
    heir = heirs[-1] if heirs else {"name": "", "slug": None}
    address = path(AIModel, heir["slug"]) if heir["slug"] else None
    return Ended(model.name, model.row["path"], since, heir["name"], address or "")


comparable[AIModel._meta.label_lower] = Comparable(
    noun="Model",
    columns={name: label for name, label in LABELS.items() if name != "name"},
    offered=AIModel.objects.listed().order_by(),
    status_fact=STATUS,
    warnings=frozenset(status.label.lower() for status in (Status.DEPRECATED, Status.RETIRED)),
    charts=CHARTS,
)

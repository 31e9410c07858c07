"""Parts of documents as pages show them: facts, events, prices and offerings with their evidence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import chain
from urllib.parse import urlsplit

from django.utils.html import format_html

from catalog.documents.fields import path_of
from catalog.models import AIModel, Family, Modality, Provider, Vendor
from catalog.presenting.cells import UNKNOWN, links
from catalog.rules.choices import Confidence, Existence, Meter
from catalog.rules.facts import BY_NAME, KINDS_WITHOUT_TOKENS, MODEL_FACTS, TOKENS, Fact, FactKind, FactPlace
from catalog.rules.grouping import grouped
from catalog.rules.levels import Provenance, is_doubted, provenance_of_value
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import (
    METERS_COMPARED,
    NO_CHARGE,
    amount_in_words,
    conditions_in_words,
    has_token_prices,
    usd_in_words,
    usd_per_million_tokens,
)
from catalog.rules.status import Bound, EventKind, Status

TABLES = {
    "vendors": Vendor,
    "family": Family,
    "input_modalities": Modality,
    "output_modalities": Modality,
    "replaced_by": AIModel,
    "model": AIModel,
    "provider": Provider,
}
UNCONFIRMED = "not yet checked at the vendor"
CURRENT, OLDER, ENDED = range(3)  # the parts of a model's offers
LIMITS = ("context_tokens", "max_input_tokens", "max_output_tokens")
# Metrics that are percentages of tasks.
SHARES = {"resolve rate", "resolved", "percent resolved", "percent correct", "success rate", "pass@1", "average pass@1"}
DATA_POLICY = '<a href="{}" rel="noopener">View policy<span class="visually-hidden"> of {}</span></a>'
WITH_UNIT = '{} <span class="facts__unit">{}</span>'
USD = '{}<span class="table__label"> USD</span>'
path = lru_cache(maxsize=10_000)(path_of)


@dataclass(frozen=True)
class Named:
    """A record that a document refers to, with the path of its page."""

    name: str
    url: str
    slug: str = ""

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return self.url


def named_record(name: str, reference: dict) -> Named:
    """Return the record that a document refers to under `name`."""
    return Named(reference["name"], path(TABLES[name], reference["slug"]) or "", reference["slug"])


def links_to(name: str, references: list[dict]) -> str:
    """Return the records that a document refers to under `name` as links, or "unknown"."""
    table = TABLES[name]
    return links(tuple((path(table, reference["slug"]) or "", reference["name"]) for reference in references))


@dataclass
class PageRow:
    evidence: list[dict]

    @property
    def is_doubtful(self) -> bool:
        return is_doubted({item["confidence"] for item in self.evidence})

    @property
    def provenance(self) -> Provenance | None:
        """Return who says so, None without a source."""
        return provenance_of_value(self.evidence)

    @property
    def is_unconfirmed(self) -> bool:
        """Return whether no source is of the vendor. A price then has the day on which others first had it."""
        return all(item["confidence"] != Confidence.VENDOR for item in self.evidence)


@dataclass
class FactRow(PageRow):
    """A fact of a model. `records` are the related records with a page, for facts that consist of these."""

    name: str
    label: str
    value: str = ""
    unit: str = ""
    url: str = ""
    records: tuple[Named, ...] = ()
    is_implausible: bool = False

    @property
    def is_doubtful(self) -> bool:
        return self.is_implausible or super().is_doubtful

    @property
    def is_known(self) -> bool:
        return bool(self.value or self.records)

    @property
    def text(self) -> str:
        return self.value or ", ".join(map(str, self.records))

    @property
    def is_cited(self) -> bool:
        """Return False for unknown facts, and for the family, which is our own grouping."""
        return self.name != "family" and bool(self.is_known or self.evidence)

    @property
    def cell(self) -> str:
        if self.records:
            cell = links(tuple((record.url, record.name) for record in self.records))
        elif not self.is_known:
            return UNKNOWN
        elif self.url:
            cell = format_html('<a href="{}" rel="noopener">{}</a>', self.url, self.value)
        else:
            cell = format_html(WITH_UNIT, self.value, self.unit) if self.unit else self.value
        doubt = "implausible, so lists and charts leave it out" if self.is_implausible else "doubtful"
        return format_html('{} <em class="doubt">({})</em>', cell, doubt) if self.is_doubtful else cell


@dataclass
class EventRow(PageRow):
    kind: str
    date: str
    bound: str
    note: str
    replaced_by: dict | None
    replacement_name: str | None
    heirs: list[dict] = field(default_factory=list)
    place: Named | None = None

    @cached_property
    def period(self) -> PartialDate:
        return PartialDate.parse(self.date)

    @property
    def label(self) -> str:
        return str(EventKind(self.kind).label)


@dataclass
class PriceRow(PageRow):
    """A price that is valid on the day; `words` is its amount with the unit."""

    meter: str
    conditions: str
    text: str
    valid_from: str
    usd_per_million: Decimal | None

    @property
    def label(self) -> str:
        return str(Meter(self.meter).label)

    @property
    def item(self) -> str:
        return f"{self.label} ({self.conditions})" if self.conditions else self.label

    @cached_property
    def period(self) -> PartialDate:
        return PartialDate.parse(self.valid_from)

    @property
    def amount_and_unit(self) -> tuple[str, str]:
        """Return the number, by which prices are aligned, and the rest of `words`."""
        amount, _, unit = (self.text, "", "") if self.text == NO_CHARGE else self.text.partition(" ")
        return amount, unit

    @property
    def decimals(self) -> int:
        return len(self.amount_and_unit[0].partition(".")[2])


@dataclass
class OfferingRow:
    """An offering on a given day. `values` is its document, or the row of its summary.

    `remark` says when it ends, or when its status was read if that `is_read_long_ago`; `is_doubtful` is whether the
    same id has ended elsewhere, or its end is in doubt.
    """

    key: int
    values: dict
    status: Status
    in_effect: dict
    prices: list[PriceRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    remark: str = ""
    is_doubtful: bool = False
    is_read_long_ago: bool = False

    @property
    def part(self) -> tuple[int, str]:
        """Return the place and the words of the part of a model's offers to which it belongs; CURRENT has no words."""
        if self.is_doubtful or self.status == Status.RETIRED:
            return ENDED, "ended or in doubt"
        return (OLDER, f"{self.remark}, not checked since") if self.is_read_long_ago else (CURRENT, "")

    @property
    def end(self) -> EventRow | None:
        """Return the last day, if it is known."""
        return next(
            (event for event in self.events if event.kind == EventKind.RETIRED and event.bound == Bound.EXACT), None
        )

    @cached_property
    def provider(self) -> Named:
        return named_record("provider", self.values["provider"])

    @cached_property
    def model(self) -> Named | None:
        return named_record("model", self.values["model"]) if self.values["model"] else None

    @property
    def evidence(self) -> list[dict]:
        return self.values["evidence"]

    @property
    def all_evidence(self) -> Iterable[dict]:
        return chain(self.evidence, *(part.evidence for part in (*self.prices, *self.events)))

    @property
    def api_id(self) -> str:
        return self.values["api_id"]

    @property
    def title(self) -> str:
        """Return the name of the model, in quotation marks if unverified; without a model the offering's own name."""
        if self.model is None:
            return self.values["name"] or self.api_id
        return f"“{self.model}”" if self.values["model"]["existence"] == Existence.UNVERIFIED else self.model.name

    @property
    def context_tokens(self) -> int | None:
        return self.in_effect["context_tokens"]

    @cached_property
    def that_apply(self) -> list[PriceRow]:
        """Return the prices without those of tokens that a list has for a model of only images, audio or video."""
        is_by_tokens = has_token_prices(self.in_effect)
        return [price for price in self.prices if is_by_tokens or price.usd_per_million is None]

    @property
    def input_cell(self) -> str:
        """Return the ordinary input price; without any price of tokens that of another meter, with its name."""
        if self.that_apply and not {*METERS_COMPARED.values()} & {price.meter for price in self.that_apply}:
            other = self.that_apply[0]
            return format_html('{} <span class="table__unit">({})</span>', _cell(other), other.label)
        return _cell(self._ordinary(Meter.INPUT))

    @property
    def output_cell(self) -> str:
        return _cell(self._ordinary(Meter.OUTPUT))

    @property
    def data_cell(self) -> str:
        """Return the known parts of the data policy, or else a link to it."""
        if (policy := self.data_policy) or not (url := self.values["data_policy_url"]):
            return policy or UNKNOWN
        return format_html(DATA_POLICY, url, self.provider.name)

    @property
    def limits(self) -> list[tuple[str, str]]:
        """Return what is known of its regions and limits as label and words."""
        regions = [("Regions", self.values["regions"])] if self.values["regions"] else []
        limits = [(BY_NAME[name].label, self.values[name]) for name in LIMITS if self.values[name] is not None]
        return [*regions, *((label, f"{tokens:,} tokens") for label, tokens in limits)]

    @property
    def data_policy(self) -> str:
        """Return the known parts of the data policy in words."""
        values, parts = self.values, []
        if (days := values["retention_days"]) is not None:
            parts.append(f"kept for up to {days:,} day{'s' if days != 1 else ''}" if days else "not retained")
        if values["trains_on_input"] is not None:
            parts.append("used for training" if values["trains_on_input"] else "not used for training")
        if values["zero_retention"] is not None:
            parts.append(f"zero retention {'available' if values['zero_retention'] else 'not available'}")
        return ", ".join(parts)

    def place(self) -> tuple:
        """Return the sort key: retired offerings last, then by input price with "no charge" and unknown at the end."""
        ordinary = self._ordinary(Meter.INPUT)
        price = ordinary and ordinary.usd_per_million
        order = (self.status == Status.RETIRED, price is None, price == 0, price or 0)
        return *order, self.provider.name.casefold(), self.api_id, self.key

    def _ordinary(self, meter: str) -> PriceRow | None:
        return next((price for price in self.that_apply if price.meter == meter and not price.conditions), None)


def _cell(price: PriceRow | None) -> str:
    """Return a price for a table of token prices."""
    if price is None:
        return UNKNOWN
    if not price.usd_per_million:
        return price.text
    return format_html(USD, usd_in_words(price.usd_per_million))


def fact_rows(document: dict) -> list[FactRow]:
    """Return the facts of a model that pages show, including unknown ones."""
    evidence = by_fact(document["evidence"])
    return [
        _fact_row(fact, document, evidence.get(fact.name, []))
        for fact in MODEL_FACTS
        if FactPlace.PAGE in fact.places and _applies(fact, document)
    ]


def by_fact(evidence: list[dict]) -> dict[str | None, list[dict]]:
    return grouped((item["fact"], item) for item in evidence)


def event_rows(document: dict) -> list[EventRow]:
    return [EventRow(**event) for event in document["events"]]


def price_rows(prices: list[dict]) -> list[PriceRow]:
    """Return rows for valid prices in their order."""
    return [
        PriceRow(
            evidence=price.get("evidence", []),
            meter=price["meter"],
            conditions=conditions_in_words(price),
            text=amount_in_words(price),
            valid_from=price["valid_from"],
            usd_per_million=usd_per_million_tokens(price),
        )
        for price in prices
    ]


def benchmarks_of(document: dict) -> list[dict]:
    """Return the results sorted by benchmark, latest first, with the settings of the run in `test`."""
    latest_first = sorted(document["benchmarks"], key=lambda result: result["measured_on"] or "", reverse=True)
    return [
        {
            **result,
            "test": ", ".join([f"{result['name']} {result['version'] or ''}".strip(), *settings_of(result)]),
            "score": f"{Decimal(result['score']):,f}{'%' if result['metric'] in SHARES else ''}",
            "metric": "of tasks" if result["metric"] in SHARES else result["metric"],
            "source_host": urlsplit(result["source_url"] or "").hostname or "source",
        }
        for result in sorted(latest_first, key=lambda result: result["name"])
    ]


def settings_of(benchmark: dict) -> list[str]:
    return [benchmark[name] for name in ("dataset", "variant", "harness") if benchmark[name]]


def _fact_row(fact: Fact, document: dict, evidence: list[dict]) -> FactRow:
    value = document[fact.name]
    if fact.is_value:
        url = document["licence_url"] or "" if fact.name == "licence" else ""
        unit = fact.unit.removesuffix("s") if value == 1 else fact.unit
        return FactRow(evidence, fact.name, fact.label, fact.in_words(value), unit, url)
    references = sorted(value, key=lambda tag: tag["name"] != "Text") if fact.kind is FactKind.RECORDS else [value]
    label = "Vendors" if fact.name == "vendors" and len(references) > 1 else fact.label
    records = tuple(named_record(fact.name, reference) for reference in references)
    return FactRow(evidence, fact.name, label, records=records)


def _applies(fact: Fact, document: dict) -> bool:
    if fact.kind is FactKind.RECORD:
        return document[fact.name] is not None
    return fact.unit != TOKENS or document["kind"] not in KINDS_WITHOUT_TOKENS or document[fact.name] is not None

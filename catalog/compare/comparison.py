"""A comparison of models side by side, grouped by the questions that readers ask."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.compare.costs import ModelOffers
from catalog.compare.selection import ChosenModel
from catalog.compare.workloads import Workload
from catalog.documents import read
from catalog.models import TimelineEntry
from catalog.pages.cells import UNKNOWN
from catalog.pages.rows import fact_rows, named, settings_of
from catalog.rules.choices import Meter, Unit
from catalog.rules.facts import BY_NAME, HOSTING, LIFE, MODEL_FACTS, QUALITY, ComparisonSection
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import NO_CHARGE, unit_in_words, usd_in_words
from catalog.rules.status import Bound, EventKind, Status

NAMES_AT_MOST = 6
OWN, ELSEWHERE = '<a href="{}">{}</a>', '<a href="{}" rel="noopener">{}</a>'
REMARK = '{} <span class="compare__remark">{}</span>'
ROW = '{}<th class="compare__label" scope="row">{} {}</th>{}</tr>\n'
CELL = '<td data-model="{}">{}</td>'
EVENTS = (EventKind.DEPRECATED, EventKind.RETIRED)
VERDICTS = {
    verdict: (
        format_html('<tr class="compare__row compare__row--{}">', verdict),
        format_html('<span class="compare__verdict">{}</span>', words),
    )
    for verdict, words in {"differs": "differs", "alike": "same", "open": ""}.items()
}
ROWS = {"": "Hide unknown values", "differences": "Only differences", "all": "All rows"}
LISTS = {"Prices from", "Providers", "Provider compared here"}  # differences of these tell nothing
NOT_REVIEWED = "not reviewed yet"
NONE_ON_RECORD = "none on record"
NO_CHARGE_REMARK = "free, a trial, or part of a plan"


@dataclass(slots=True)
class ComparisonCell:
    """`text` is "" if unknown; `remark` adds a note; `is_known` is False for text such as "none"."""

    text: str = ""
    url: str = ""
    remark: str = ""
    is_known: bool = True

    @property
    def html(self) -> str:
        if not self.text:
            shown = UNKNOWN
        elif not self.is_known:
            shown = format_html('<em class="unknown">{}</em>', self.text)
        elif self.url:
            shown = format_html(OWN if self.url.startswith("/") else ELSEWHERE, self.url, self.text)
        else:
            shown = self.text
        return format_html(REMARK, shown, self.remark) if self.remark else shown


@dataclass
class ComparisonRow:
    """`names` are those of the models as HTML, for screens where each value has a line of its own."""

    label: str
    names: list[SafeString]
    cells: list[ComparisonCell]

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """Return what `ROW` shows."""
        cells = zip(self.names, (cell.html for cell in self.cells), strict=True)
        before, after = VERDICTS[self.verdict]
        return before, self.label, after, format_html_join("", CELL, cells)

    @cached_property
    def verdict(self) -> str:
        """Return "alike" or "differs", or "open" if unknown values leave that undecided."""
        if self.label in LISTS:
            return "open"
        known = {cell.text for cell in self.cells if cell.text and cell.is_known}
        if len(known) > 1:
            return "differs"
        return "alike" if all(cell.text and cell.is_known for cell in self.cells) else "open"

    def is_among(self, kind: str) -> bool:
        """Return whether it is one of this kind of `ROWS`."""
        if kind == "differences":
            return self.verdict == "differs"
        return kind == "all" or any(
            cell.remark or cell.text == NOT_REVIEWED or (cell.text and cell.is_known) for cell in self.cells
        )


class ComparisonTable:
    """Loaded in four queries, from documents, periods and retirements of models and summaries of their offerings."""

    def __init__(self, models: list[ChosenModel], workload: Workload, day: date):
        keys = {model.pk for model in models}
        self.documents = read.documents("model", keys)
        if missing := keys - self.documents.keys():  # published a moment ago
            self.documents |= read.drafts("model", missing)
        self.models, self.workload, self.day = models, workload, day
        self.names = [conditional_escape(model.name) for model in models]
        self.offers = ModelOffers(self.documents.keys(), day)
        self.best = {pk: self.offers.reference[pk] or self.offers.lowest[pk] for pk in keys}
        self.rows = {pk: offer.row for pk, offer in self.best.items() if offer}
        self.events = _events(keys, day)
        self.costs = {pk: offer.cost(workload) for pk, offer in self.best.items() if offer}
        self._facts = {pk: {fact.name: fact for fact in fact_rows(document)} for pk, document in self.documents.items()}
        self.groups = [
            ("Cost", self._costs()),
            (LIFE.value, self._life()),
            (HOSTING.value, [*self._facts_on(HOSTING), self._of_documents("Weights", _weights)]),
            (QUALITY.value, self._facts_on(QUALITY) + self._benchmarks()),
            ("Where does my data go?", self._data()),
            (
                "Would we use it?",
                [
                    self._of_documents("Good for", lambda found: _or_none(found["use_for"], NOT_REVIEWED)),
                    self._of_documents("Not for", lambda found: _or_none(found["avoid_for"])),
                    self._of_documents("Reviewed on", lambda found: _or_none(_day(found["reviewed_on"]))),
                    self._of_documents("Facts checked by us on", lambda found: _or_none(_day(found["checked_on"]))),
                ],
            ),
        ]

    def groups_of(self, kind: str) -> list[tuple[str, list[ComparisonRow]]]:
        """Return the questions, each with its rows of this kind of `ROWS`; questions without any are left out."""
        found = [(question, [row for row in rows if row.is_among(kind)]) for question, rows in self.groups]
        return [(question, rows) for question, rows in found if rows]

    def _row(self, label: str, cell_of) -> ComparisonRow:
        return ComparisonRow(label, self.names, [cell_of(model) for model in self.models])

    def _of_documents(self, label: str, cell_of) -> ComparisonRow:
        return self._row(label, lambda model: cell_of(self.documents[model.pk]))

    def _costs(self) -> list[ComparisonRow]:
        first = [self._row("Cost per month of the workload", self._cost), self._row("Prices from", self._price_at)]
        lowest = self._row(
            "Lowest blended price, USD per million tokens",
            lambda model: ComparisonCell(self.offers.lowest_price.get(model.pk, "")),
        )
        return [*first, *self._token_prices(), *self._other_prices(), lowest]

    def _price_at(self, model) -> ComparisonCell:
        cell = _linked(self._provider(model))
        return cell if self.offers.reference[model.pk] else replace(cell, remark="no vendor price")

    def _cost(self, model) -> ComparisonCell:
        cost = self.costs.get(model.pk)
        if cost is None:
            return ComparisonCell(remark="no current price")
        if cost.amount is None:
            return ComparisonCell(remark=f"missing price: {cost.missing}")
        if cost.amount == 0 and self.workload.messages and self.workload.needs:
            return ComparisonCell(NO_CHARGE, remark=NO_CHARGE_REMARK)
        substituted = f"without a price for {cost.substituted}" if cost.substituted else ""
        excess = f"does not fit: {cost.excess}" if cost.excess else ""
        return ComparisonCell(f"{cost.amount:,.2f} USD", remark="; ".join(filter(None, [excess, substituted])))

    def _provider(self, model):
        row = self.rows.get(model.pk)
        return row and named("provider", row["provider"])

    def _token_prices(self) -> list[ComparisonRow]:
        needed = [Meter.INPUT, Meter.OUTPUT, *(meter for meter, _ in self.workload.needs)]
        prices = {pk: offer.token_prices(self.workload.tokens_in) if offer else {} for pk, offer in self.best.items()}
        meters = [meter for meter in Meter if meter in needed or any(meter in found for found in prices.values())]
        found = {meter: {pk: of_model.get(meter) for pk, of_model in prices.items()} for meter in meters}
        return [self._prices(f"{meter.label}, USD per million tokens", found[meter]) for meter in meters]

    def _other_prices(self) -> list[ComparisonRow]:
        """Return prices that are not per token in USD: one row per unit and currency, so that they are comparable."""
        found = defaultdict(dict)
        for model in self.models:
            offer = self.best[model.pk]
            for price in offer.prices if offer else ():
                if (price["unit"], price["currency"]) != (Unit.TOKEN, "USD") and not price["above_tokens"]:
                    label = f"{Meter(price['meter']).label}, {unit_in_words(price)}"
                    found[label][model.pk] = Decimal(price["amount"])
        return [self._prices(label, prices) for label, prices in sorted(found.items())]

    def _prices(self, label: str, prices: dict[int, Decimal | None]) -> ComparisonRow:
        words = {pk: usd_in_words(price) for pk, price in prices.items() if price is not None}
        return self._row(label, lambda model: ComparisonCell(words.get(model.pk, "")))

    def _life(self) -> list[ComparisonRow]:
        return [
            self._row("Status", self._status),
            *self._facts_on(LIFE),
            self._row("Deprecation announced", partial(self._event, kind=EventKind.DEPRECATED)),
            self._row("End of service", partial(self._event, kind=EventKind.RETIRED)),
            self._row("Replaced by", self._replacement),
        ]

    def _status(self, model) -> ComparisonCell:
        status = self.offers.status.get(model.pk, Status.UNKNOWN)
        return ComparisonCell(str(status.label) if status != Status.UNKNOWN else "")

    def _event(self, model, kind: EventKind) -> ComparisonCell:
        if (entry := self.events.get((kind, model.pk))) is None:
            return _or_none("")
        bound = "not before " if entry.bound == Bound.NOT_BEFORE else ""
        via = "" if entry.row["is_by_vendor"] else f"via {entry.places}"
        return ComparisonCell(f"{bound}{PartialDate.parse(entry.date)}", remark=via)

    def _replacement(self, model) -> ComparisonCell:
        """Return the replacement that the vendor names, else that of the end of service, by its name if unlinked."""
        end = self.events.get((EventKind.RETIRED, model.pk))
        found = self.documents[model.pk]["replaced_by"] or (end and end.row["replacement"])
        if found or not (end and end.row["replacement_name"]):
            return _linked(found and named("replaced_by", found), NONE_ON_RECORD)
        return ComparisonCell(end.row["replacement_name"])

    def _benchmarks(self) -> list[ComparisonRow]:
        """Return a row for each benchmark setup: another version, variant or harness is another row."""
        scores = defaultdict(dict)
        results = [(key, result) for key, found in self.documents.items() for result in found["benchmarks"]]
        for key, result in sorted(results, key=lambda item: item[1]["measured_on"] or ""):
            parts = [result["name"], result["version"], *settings_of(result), result["metric"]]
            day = f"measured {PartialDate.parse(result['measured_on'])}" if result["measured_on"] else ""
            score = f"{Decimal(result['score']):,f}"
            scores[", ".join(filter(None, parts))][key] = ComparisonCell(score, result["source_url"] or "", day)
        return [
            self._row(label, lambda model, found=found: found.get(model.pk, ComparisonCell()))
            for label, found in sorted(scores.items())
        ]

    def _data(self) -> list[ComparisonRow]:
        return [
            self._row("Providers", self._providers),
            self._row("Provider compared here", lambda model: _linked(self._provider(model))),
            *(
                self._row(BY_NAME[name].label, partial(self._policy, name=name))
                for name in ("regions", "retention_days", "trains_on_input", "zero_retention", "data_policy_url")
            ),
        ]

    def _policy(self, model, name: str) -> ComparisonCell:
        value = self.rows[model.pk][name] if model.pk in self.rows else None
        if name == "data_policy_url":
            return ComparisonCell("View" if value else "", value or "")
        if name == "retention_days" and value is not None:
            return ComparisonCell(f"{value:,} day{'s' if value != 1 else ''}" if value else "none")
        return ComparisonCell(BY_NAME[name].in_words(value))

    def _providers(self, model) -> ComparisonCell:
        names = self.offers.served_at.get(model.pk, [])
        more = len(names) - NAMES_AT_MOST
        return ComparisonCell(", ".join(names[:NAMES_AT_MOST]), remark=f"and {more} more" if more > 0 else "")

    def _facts_on(self, question: ComparisonSection) -> list[ComparisonRow]:
        def cell(model, name: str) -> ComparisonCell:
            fact = self._facts[model.pk].get(name)
            return ComparisonCell(fact.words, fact.url) if fact else ComparisonCell()

        return [
            self._row(", ".join(filter(None, [fact.label, fact.unit])), partial(cell, name=fact.name))
            for fact in MODEL_FACTS
            if fact.compared is question
        ]


def as_html(rows: list[ComparisonRow]) -> SafeString:
    return format_html_join("", ROW, (row.parts for row in rows))


def _weights(document: dict) -> ComparisonCell:
    names = ("label", "format", "quantisation")
    found = [" ".join(filter(None, [row[name] for name in names])) for row in document["weights"]]
    return _or_none("; ".join(dict.fromkeys(found)))


def _events(keys: Collection[int], day: date) -> dict[tuple[str, int], TimelineEntry]:
    """Return deprecation and end of service by kind and model: the vendor's, else the next at a provider. One query."""
    entries = TimelineEntry.objects.filter(kind__in=EVENTS, model_id__in=keys).order_by("-last_day")
    shown = [entry for entry in entries if entry.row["is_by_vendor"] or entry.last_day > day]
    return {(entry.kind, entry.model_id): entry for entry in sorted(shown, key=lambda one: one.row["is_by_vendor"])}


def _linked(record, otherwise: str = "") -> ComparisonCell:
    return (
        ComparisonCell(str(record), record.get_absolute_url()) if record else ComparisonCell(otherwise, is_known=False)
    )


def _or_none(text: str | None, otherwise: str = NONE_ON_RECORD) -> ComparisonCell:
    return ComparisonCell(text) if text else ComparisonCell(otherwise, is_known=False)


def _day(written: str | None) -> str:
    return str(PartialDate.parse(written)) if written else ""

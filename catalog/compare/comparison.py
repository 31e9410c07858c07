"""A comparison of models side by side, grouped by the questions that readers ask."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from django.utils.html import format_html, format_html_join

from catalog.compare.costs import Offer, Workload, offers_of, rows_of
from catalog.documents import read
from catalog.models import AIModel, ModelPeriod
from catalog.pages.cells import UNKNOWN
from catalog.pages.rows import event_rows, fact_rows, named, settings_of
from catalog.rules.choices import Meter, Unit
from catalog.rules.facts import BY_NAME, MODEL_FACTS, ComparisonSection
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import NO_CHARGE, in_words_of_lowest, unit_in_words, usd_in_words
from catalog.rules.status import Bound, EventKind, Status, status_on

NAMES_AT_MOST = 6
OWN, ELSEWHERE = '<a href="{}">{}</a>', '<a href="{}" rel="noopener">{}</a>'
REMARK = '{} <span class="compare__remark">{}</span>'
ROW = (
    '<tr class="compare__row compare__row--{0}"><th class="compare__label" scope="row">{1}&nbsp;'
    '<span class="verdict verdict--{0}"><span class="visually-hidden">({2})</span></span></th>{3}</tr>\n'
)
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


@dataclass(frozen=True)
class ComparisonRow:
    label: str
    cells: list[ComparisonCell]

    @property
    def html(self) -> str:
        said = "unknown" if self.verdict == "open" else self.verdict
        cells = format_html_join("", "<td>{}</td>", ((cell.html,) for cell in self.cells))
        return format_html(ROW, self.verdict, self.label, said, cells)

    @cached_property
    def verdict(self) -> str:
        """Return "alike" or "differs", or "open" if unknown values leave that undecided."""
        known = {cell.text for cell in self.cells if cell.text and cell.is_known}
        if len(known) > 1:
            return "differs"
        return "alike" if all(cell.text and cell.is_known for cell in self.cells) else "open"


@dataclass(frozen=True)
class ComparisonGroup:
    question: str
    rows: list[ComparisonRow]


class ComparisonTable:
    """Loaded in four queries, from documents and periods of models and the summaries of their offerings."""

    def __init__(self, models: list[AIModel], workload: Workload, day: date):
        keys = {model.pk for model in models}
        self.documents = read.documents("model", keys)
        if missing := keys - self.documents.keys():  # published a moment ago
            self.documents |= read.drafts("model", missing)
        self.models, self.workload, self.day = models, workload, day
        self.offers = offers_of(self.documents.keys(), day)
        self.periods = {period.model_id: period for period in ModelPeriod.objects.on(day).filter(model_id__in=keys)}
        self.best = {model.pk: self._offer(model) for model in self.models}
        rows = rows_of([offer for offer in self.best.values() if offer])
        self.rows = {pk: rows[offer.key] for pk, offer in self.best.items() if offer and offer.key in rows}
        self.costs = {pk: offer.cost(workload) for pk, offer in self.best.items() if offer}
        self._facts = {pk: {fact.name: fact for fact in fact_rows(document)} for pk, document in self.documents.items()}
        self.groups = [
            ComparisonGroup("What will it cost me?", self._costs()),
            ComparisonGroup(ComparisonSection.LIFE.value, self._life()),
            ComparisonGroup(
                ComparisonSection.HOSTING.value,
                [*self._facts_on(ComparisonSection.HOSTING), self._of_documents("Weights", _weights)],
            ),
            ComparisonGroup(
                ComparisonSection.QUALITY.value, self._facts_on(ComparisonSection.QUALITY) + self._benchmarks()
            ),
            ComparisonGroup("Where does my data go?", self._data()),
            ComparisonGroup(
                "Would we use it?",
                [
                    self._of_documents("Use for", lambda found: _or_none(found["use_for"])),
                    self._of_documents("Avoid for", lambda found: _or_none(found["avoid_for"])),
                    self._of_documents("Reviewed on", lambda found: _or_none(_day(found["reviewed_on"]))),
                    self._of_documents("Facts checked by us on", lambda found: _or_none(_day(found["checked_on"]))),
                ],
            ),
        ]

    def _offer(self, model: AIModel) -> Offer | None:
        """Return the offer at the reference provider, else the one with the lowest price."""
        if (period := self.periods.get(model.pk)) is None:
            return None
        key = period.offering_id or period.lowest_offering_id
        return next((offer for offer in self.offers[model.pk] if offer.key == key), None)

    def sums(self) -> list[tuple[AIModel, str, str]]:
        """Return each model with a known cost, the provider, and the calculation of the cost."""
        tokens = self.workload.tokens_in
        return [
            (model, offer.provider_name, self.workload.sum_in_words(offer.token_prices(tokens)))
            for model in self.models
            if (offer := self.best[model.pk]) and self.costs[model.pk].amount is not None
        ]

    def _row(self, label: str, cell_of) -> ComparisonRow:
        return ComparisonRow(label, [cell_of(model) for model in self.models])

    def _of_documents(self, label: str, cell_of) -> ComparisonRow:
        return self._row(label, lambda model: cell_of(self.documents[model.pk]))

    def _costs(self) -> list[ComparisonRow]:
        rows = [
            self._row("Cost per month for the workload below", self._cost),
            self._row("Prices at", self._price_at),
        ]
        lowest = self._row("Lowest blended price, USD per million tokens", self._lowest)
        return [*rows, *self._token_prices(), *self._other_prices(), lowest]

    def _price_at(self, model) -> ComparisonCell:
        period, cell = self.periods.get(model.pk), _linked(self._provider(model))
        return cell if period and period.offering_id else replace(cell, remark="no vendor price")

    def _lowest(self, model) -> ComparisonCell:
        period = self.periods.get(model.pk)
        return ComparisonCell(in_words_of_lowest(period.lowest if period else None, "blended_price"))

    def _cost(self, model) -> ComparisonCell:
        cost = self.costs.get(model.pk)
        if cost is None:
            return ComparisonCell(remark="no current price")
        if cost.amount is None:
            return ComparisonCell(remark=f"missing price: {', '.join(cost.missing)}")
        if cost.amount == 0 and self.workload.messages and self.workload.needs:
            return ComparisonCell(NO_CHARGE, remark=NO_CHARGE_REMARK)
        return ComparisonCell(f"{cost.amount:,.2f} USD")

    def _provider(self, model):
        row = self.rows.get(model.pk)
        return row and named("provider", row["provider"])

    def _token_prices(self) -> list[ComparisonRow]:
        needed = [Meter.INPUT, Meter.OUTPUT, *(meter for meter, _ in self.workload.needs)]
        prices = {pk: offer.token_prices(self.workload.tokens_in) if offer else {} for pk, offer in self.best.items()}
        meters = [meter for meter in Meter if meter in needed or any(meter in found for found in prices.values())]
        return [
            self._row(
                f"{meter.label}, USD per million tokens", lambda model, meter=meter: _price(prices[model.pk].get(meter))
            )
            for meter in meters
        ]

    def _other_prices(self) -> list[ComparisonRow]:
        """Return prices that are not per token in USD: one row per unit and currency, so that they are comparable."""
        found = defaultdict(dict)
        for model in self.models:
            offer = self.best[model.pk]
            for price in offer.prices if offer else ():
                if (price["unit"], price["currency"]) != (Unit.TOKEN, "USD") and not price["above_tokens"]:
                    label = f"{Meter(price['meter']).label}, {unit_in_words(price)}"
                    found[label][model.pk] = Decimal(price["amount"])
        return [
            self._row(label, lambda model, prices=prices: _price(prices.get(model.pk)))
            for label, prices in sorted(found.items())
        ]

    def _life(self) -> list[ComparisonRow]:
        return [
            self._of_documents("Status, according to vendor", lambda found: _status(status_on(self.day, found))),
            *self._facts_on(ComparisonSection.LIFE),
            self._of_documents("Deprecation announced", lambda found: _event(found, EventKind.DEPRECATED)),
            self._of_documents("End of service", lambda found: _event(found, EventKind.RETIRED)),
            self._of_documents(
                "Replaced by", lambda found: _linked(named("replaced_by", found["replaced_by"]), NONE_ON_RECORD)
            ),
        ]

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
        names = list(dict.fromkeys(offer.provider_name for offer in self.offers[model.pk]))
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


def _price(amount: Decimal | None) -> ComparisonCell:
    return ComparisonCell("" if amount is None else usd_in_words(amount))


def _status(status) -> ComparisonCell:
    return ComparisonCell(status.label if status != Status.UNKNOWN else "")


def _weights(document: dict) -> ComparisonCell:
    names = ("label", "format", "quantisation")
    found = [" ".join(filter(None, [row[name] for name in names])) for row in document["weights"]]
    return _or_none("; ".join(dict.fromkeys(found)))


def _event(document: dict, kind: EventKind) -> ComparisonCell:
    events = [event for event in event_rows(document) if event.kind == kind]
    if not events:
        return _or_none("")
    latest = max(events, key=lambda event: event.period.last_day)
    return ComparisonCell(f"{'not before ' if latest.bound == Bound.NOT_BEFORE else ''}{latest.period}")


def _linked(record, otherwise: str = "") -> ComparisonCell:
    return (
        ComparisonCell(str(record), record.get_absolute_url()) if record else ComparisonCell(otherwise, is_known=False)
    )


def _or_none(text: str | None) -> ComparisonCell:
    return ComparisonCell(text) if text else ComparisonCell(NONE_ON_RECORD, is_known=False)


def _day(written: str | None) -> str:
    return str(PartialDate.parse(written)) if written else ""

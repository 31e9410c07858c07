"""A comparison of models side by side, grouped by the questions that readers ask."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, partial
from itertools import chain
from operator import itemgetter

from django.conf import settings
from django.utils.text import get_text_list

from catalog.compare.costs import ModelOffers
from catalog.compare.selection import LEAST, ChosenModel
from catalog.compare.workloads import Workload
from catalog.documents import read
from catalog.documents.timeline import LEFT
from catalog.lifecycle.heirs import followed, in_words
from catalog.lifecycle.timeline import SOON_DAYS
from catalog.models import TimelineEntry
from catalog.presenting.cells import source_links
from catalog.presenting.rows import UNCONFIRMED, fact_rows, named_record, settings_of
from catalog.rules.choices import Meter, Unit
from catalog.rules.facts import BY_NAME, HOSTING, LIFE, MODEL_FACTS, OPEN_WEIGHTS, QUALITY, TOKENS, ComparisonSection
from catalog.rules.levels import provenance_of_source
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import NO_CHARGE, in_words_of_lowest, unit_in_words, usd_in_words
from catalog.rules.status import Bound, EventKind, Status

NAMES_AT_MOST = 6
SOON, URGENT = timedelta(days=183), timedelta(days=SOON_DAYS)
ENDINGS = (Status.RETIRED, "deprecated status--soon", Status.DEPRECATED)
ENDED = (Status.DEPRECATED, Status.RETIRED)
EVENTS = (EventKind.DEPRECATED, EventKind.RETIRED, LEFT)
COST, LAST_DAY, CONTEXT = "Cost per month of the workload, USD", "Last day", "Context window, tokens"
MINOR = {"Prices from", "Providers"}  # differences of these tell nothing
DATA_USE = "regions", "retention_days", "trains_on_input", "zero_retention", "data_policy_url"
ALWAYS = {BY_NAME[name].label for name in DATA_USE}  # buyers look for these, even if all are the same
NONE_ON_RECORD, NO_NOTICE = "none known", "date of notice not known"
NO_CHARGE_REMARK, NO_VALUE, SEE_PAGE = "free, a trial, or part of a plan", "–", "see the model’s page"
VIEW = {"Good for": "use_for", "Not for": "avoid_for"}


@dataclass(slots=True)
class ComparisonCell:
    """`text` is "" if unknown; `is_known` is False for text such as "none"; `ending` is the status of an end."""

    text: str = ""
    url: str = ""
    remark: str = ""
    is_known: bool = True
    number: Decimal | int | None = None
    ending: str = ""
    whose: str = field(default="", compare=False)


@dataclass
class ComparisonRow:
    """`better` is "lowest", "highest" or ""; models at the places `urgent` end within 30 days."""

    label: str
    cells: list[ComparisonCell]
    better: str = ""
    urgent: Collection[int] = ()

    @property
    def is_same(self) -> bool:
        return self.part == "rest" and all(cell == self.cells[0] for cell in self.cells)

    @cached_property
    def best(self) -> list[int]:
        """Return the place of the best value: none if one is unknown, it is urgent or the next differs by under 10%."""
        numbers = [cell.number for cell in self.cells if cell.number]
        if not self.better or len(numbers) < len(self.cells):
            return []
        best, following = sorted(numbers, reverse=self.better == "highest")[:2]
        place = numbers.index(best)
        return [place] if differ(best, following) and place not in self.urgent else []

    @cached_property
    def part(self) -> str:
        """Return "differences", "unknown" if no model has a value, or else "rest"."""
        texts = {cell.text for cell in self.cells if cell.text}
        has_value = any(cell.text and cell.is_known for cell in self.cells)
        is_main = self.label in ALWAYS or (len(texts) > 1 and self.label not in MINOR)
        if self.label in (COST, LAST_DAY) or (has_value and is_main):
            return "differences"
        return "rest" if has_value or any(cell.remark for cell in self.cells) else "unknown"


class ComparisonTable:
    """Loaded in five queries, of documents, periods and retirements, and one for each step of replacements.

    `firm` names that of this site.
    """

    def __init__(self, models: list[ChosenModel], workload: Workload, day: date, firm: str):
        keys = {model.pk for model in models}
        self.documents = read.documents("model", keys)
        if missing := keys - self.documents.keys():  # published a moment ago
            self.documents |= read.drafts("model", missing)
        self.models, self.workload, self.day, self.firm = models, workload, day, firm
        self.offers = ModelOffers(self.documents.keys(), day)
        self.best = {pk: self.offers.reference[pk] or self.offers.lowest[pk] for pk in keys}
        self.rows = {pk: offer.row for pk, offer in self.best.items() if offer}
        found = read.documents("offering", {offer.key for offer in self.best.values() if offer})
        self._terms = {pk: found[offer.key] for pk, offer in self.best.items() if offer and offer.key in found}
        self.events, self.at_hosts = _events(keys, day)
        self.urgent = [place for place, model in enumerate(models) if self._own_end(model, URGENT)]
        self.heirs = self._followed()
        self.costs = {pk: offer.cost(workload) for pk, offer in self.best.items() if offer}
        self._facts = {pk: {fact.name: fact for fact in fact_rows(document)} for pk, document in self.documents.items()}
        self.groups = [
            ("Cost", self._costs()),
            (LIFE.value, self._life()),
            (HOSTING.value, [*self._facts_on(HOSTING), self._row("Weights", self._weights)]),
            (QUALITY.value, self._facts_on(QUALITY) + self._benchmarks()),
            ("Data use", self._data()),
            ("Our view", [self._row(label, partial(self._view, name=name)) for label, name in VIEW.items()]),
        ]
        self.is_marked = any(row.best for _, rows in self.groups for row in rows)
        self.differences, self.rest, unknown = map(self._part, ("differences", "rest", "unknown"))
        self.unknown = [*dict.fromkeys(row.label.partition(",")[0] for _, rows in unknown for row in rows)]
        vendors = {pk: ", ".join(vendor["name"] for vendor in model["vendors"]) for pk, model in self.documents.items()}
        self.heads = [(model, vendors[model.pk]) for model in models]
        self.sources = self._sources()

    def _sources(self) -> list[tuple[ChosenModel, str]]:
        """Return the models with their sources as HTML. One query."""
        places_by_model = {}
        for model in self.models:
            evidence = self.documents[model.pk]["evidence"]
            pairs = [(item["source"], provenance_of_source(item).place) for item in evidence]
            pairs += self.rows[model.pk]["sources"] if model.pk in self.rows else []
            places_by_model[model] = dict(sorted(pairs, key=itemgetter(1), reverse=True))  # the weakest counts
        document_by_source = read.sources({*chain(*places_by_model.values())})
        sources_by_model = {
            model: [(document_by_source[key], places[key]) for key in places if key in document_by_source]
            for model, places in places_by_model.items()
        }
        return [(model, source_links(sources, self.firm, "<li>{}</li>")) for model, sources in sources_by_model.items()]

    def _part(self, part: str) -> list[tuple[str, list[ComparisonRow]]]:
        """Return the questions, each with its rows of this part; questions without any are left out."""
        questions = [(question, [row for row in rows if row.part == part]) for question, rows in self.groups]
        return [(question, rows) for question, rows in questions if rows]

    def answers(self) -> list[tuple[str, str, str, str, bool]]:
        """Return questions, each with the best value, the models that have it, their end and whether that is near."""
        rows = {row.label: row for _, rows in self.groups for row in rows}
        openness = [self.documents[model.pk]["openness"] for model in self.models]
        weights = [place for place, choice in enumerate(openness) if OPEN_WEIGHTS.get(choice)]
        return [
            ("First to end", *self._first_end(rows[LAST_DAY]), bool(self.urgent)),
            ("Lowest cost", *self._best(rows[COST], "USD a month", "costs")),
            ("Longest context", *self._best(rows[CONTEXT], "tokens", "has")),
            *([("Open weights", self._names(weights), "", *self._ending(weights))] if weights else []),
        ]

    def _names(self, places: list[int]) -> str:
        return get_text_list([self.models[place].name for place in places], "and")

    def _ending(self, places: list[int]) -> tuple[str, bool]:
        ends = [(self.models[place].name, self._soon(self.models[place])) for place in places]
        text = "; ".join(f"{name} {end}" if len(places) > 1 else end for name, end in ends if end)
        return text, bool({*places} & {*self.urgent})

    def _own_end(self, model, span: timedelta) -> TimelineEntry | None:
        """Return the end of the model itself, None if not within the `span` from today."""
        end = self._end(model)
        is_own = end and end.row["is_of_model"] and end.bound == Bound.EXACT
        return end if end and is_own and end.last_day <= self.day + span else None

    def _soon(self, model) -> str:
        """Return when the model itself ends, "" if not within half a year."""
        if not (end := self._own_end(model, SOON)):
            return ""
        doubt = "" if end.row.get("is_confirmed") else ", not yet checked"
        return f"{'ends' if end.last_day > self.day else 'ended'} {PartialDate.parse(end.date).short}{doubt}"

    def all_end(self) -> tuple[str, str] | None:
        """Return when "Both models will be switched off" and how sure that is; None if not all within half a year."""
        if not all(map(self._soon, self.models)):
            return None
        ends = [*filter(None, map(self._end, self.models))]
        last, sure = max(ends, key=lambda end: end.last_day), sum(bool(end.row.get("is_confirmed")) for end in ends)
        who = "Both models" if len(self.models) == LEAST else f"All {len(self.models)} models"
        doubt = f"We read {sure or 'none'} of these {len(ends)} dates on the vendor’s page." if sure < len(ends) else ""
        verb, whose = "will be" if last.last_day > self.day else "were", {vendor for _, vendor in self.heads}
        return f"{who} {verb} switched off by their vendor{'s' * (len(whose) > 1)} by {last.period}", doubt

    def _best(self, row: ComparisonRow, unit: str, verb: str) -> tuple[str, str, str, bool]:
        ranked = sorted(
            ((cell.number, cell.text) for cell in row.cells if cell.number), reverse=row.better == "highest"
        )
        if len(ranked) < len(row.cells):
            return "", "not known for all", "", False
        near = [text for number, text in ranked if not differ(number, ranked[0][0])]
        ends = [near[0], near[-1]] if row.better == "lowest" else [near[-1], near[0]]
        value = f"{' to '.join(dict.fromkeys(ends))} {unit}"
        if len(near) == len(ranked):
            return value, "no clear difference", "", False
        places = [place for place, cell in enumerate(row.cells) if cell.text in near]
        names = self._names(places)
        if near[0] != near[-1]:
            names += ", about the same"
        return value, f"{names}; the next {verb} {ranked[len(near)][1]}", *self._ending(places)

    def _first_end(self, row: ComparisonRow) -> tuple[str, str, str]:
        # An earliest day is a promise, not an end.
        ends = [(at, end) for at, end in enumerate(map(self._end, self.models)) if end and end.bound == Bound.EXACT]
        if not ends:
            return "", "no last day announced", ""
        place, end = min(ends, key=lambda place_and_end: place_and_end[1].last_day)
        days = (end.last_day - self.day).days if len(end.date) == len("2026-11-24") else 0
        left = f"in {days}\u00a0day{'s' if days > 1 else ''}" if days > 0 else ""
        return row.cells[place].text, self.models[place].name, ", ".join(filter(None, [left, row.cells[place].remark]))

    def _end(self, model) -> TimelineEntry | None:
        return self.events.get((EventKind.RETIRED, model.pk))

    def _row(self, label: str, cell_of, better: str = "") -> ComparisonRow:
        cells = [replace(cell_of(model), whose=model.name) for model in self.models]
        return ComparisonRow(label, cells, better, self.urgent)

    def _costs(self) -> list[ComparisonRow]:
        first = [self._row(COST, self._cost, "lowest"), self._row("Prices from", self._price_at)]
        kinds = get_text_list([f"{kind}s" for kind in settings.CATALOG_LOWEST_PRICE_KINDS], "and")
        lowest = self._row(f"Lowest blended price at {kinds}", self._lowest, "lowest")
        return [*first, *self._token_prices(), *self._other_prices(), lowest]

    def _lowest(self, model) -> ComparisonCell:
        lowest = self.offers.lowest_found.get(model.pk)
        amount, _, place = in_words_of_lowest(lowest, "blended_price").partition(" via ")
        number = Decimal(lowest["blended_price"]) if lowest and amount else None
        return ComparisonCell(amount, remark=f"via {place}" if place else "", number=number)

    def _price_at(self, model) -> ComparisonCell:
        row = self.rows.get(model.pk)
        place = named_record("provider", row["provider"]) if row else None
        cell = ComparisonCell(str(place), place.get_absolute_url()) if place else ComparisonCell()
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
        remark = "; ".join(filter(None, [excess, substituted]))
        return ComparisonCell(f"{cost.amount:,.2f}", remark=remark, number=None if excess else cost.amount)

    def _token_prices(self) -> list[ComparisonRow]:
        needed = [Meter.INPUT, Meter.OUTPUT, *(meter for meter, _ in self.workload.needs)]
        prices = {pk: offer.token_prices(self.workload.tokens_in) if offer else {} for pk, offer in self.best.items()}
        meters = [meter for meter in Meter if meter in needed or any(meter in of_model for of_model in prices.values())]
        prices_by_meter = {meter: {pk: of_model.get(meter) for pk, of_model in prices.items()} for meter in meters}
        return [self._prices(f"{meter.label}, USD per million tokens", prices_by_meter[meter]) for meter in meters]

    def _other_prices(self) -> list[ComparisonRow]:
        """Return prices that are not per token in USD: one row per unit and currency, so that they are comparable."""
        prices_by_label = defaultdict(dict)
        for model in self.models:
            offer = self.best[model.pk]
            for price in offer.prices if offer else ():
                if (price["unit"], price["currency"]) != (Unit.TOKEN, "USD") and not price["above_tokens"]:
                    label = f"{Meter(price['meter']).label}, {unit_in_words(price)}"
                    prices_by_label[label][model.pk] = Decimal(price["amount"])
        return [self._prices(label, prices) for label, prices in sorted(prices_by_label.items())]

    def _prices(self, label: str, prices: dict[int, Decimal | None]) -> ComparisonRow:
        price_by_model = {pk: price for pk, price in prices.items() if price is not None}
        cells = {pk: ComparisonCell(usd_in_words(price), number=price) for pk, price in price_by_model.items()}
        return self._row(label, lambda model: cells.get(model.pk, ComparisonCell()), "lowest")

    def _life(self) -> list[ComparisonRow]:
        return [
            self._row("Status", self._status),
            *self._facts_on(LIFE),
            self._row("Deprecation announced", partial(self._event, kind=EventKind.DEPRECATED)),
            self._row(LAST_DAY, partial(self._event, kind=EventKind.RETIRED)),
            *([self._row("Longest at a host", self._at_host)] if self.at_hosts else []),
            ComparisonRow("Replaced by", [_lasting(heirs) for heirs in self.heirs]),
        ]

    def _status(self, model) -> ComparisonCell:
        status = self.offers.status.get(model.pk, Status.UNKNOWN)
        is_ending = status in ENDED
        remark, ending = ("not for new projects", status) if is_ending else ("", "")
        return ComparisonCell(str(status.label) if status != Status.UNKNOWN else "", remark=remark, ending=ending)

    def _event(self, model, kind: EventKind) -> ComparisonCell:
        if (entry := self.events.get((kind, model.pk))) is None:
            if (left := self.events.get((LEFT, model.pk))) and kind == EventKind.RETIRED:
                return ComparisonCell(remark=f"left its vendor’s list {left.period.short}", ending=Status.DEPRECATED)
            is_announced = kind == EventKind.RETIRED and self.offers.status.get(model.pk) != Status.RETIRED
            is_ended = kind == EventKind.DEPRECATED and self.offers.status.get(model.pk) in ENDED
            return _or_none("", "none announced" if is_announced else NO_NOTICE if is_ended else NONE_ON_RECORD)
        bound = "not before " if entry.bound == Bound.NOT_BEFORE else ""
        is_end = kind == EventKind.RETIRED
        remarks = [] if entry.row["is_by_vendor"] else [f"via {entry.places}"]
        if is_end and entry.row["is_of_model"] and not entry.row.get("is_confirmed"):
            remarks.append(UNCONFIRMED)
        is_soon = is_end and not bound and entry.last_day <= self.day + SOON
        text = f"{bound}{PartialDate.parse(entry.date).short}"
        status = ENDINGS[(entry.last_day > self.day) + (entry.last_day > self.day + URGENT)]
        return ComparisonCell(text, remark=", ".join(remarks), ending=status if is_soon else "")

    def _at_host(self, model) -> ComparisonCell:
        if not (end := self.at_hosts.get(model.pk)):
            return _or_none("", "none later" if self._end(model) else NO_VALUE)
        doubt = "" if end.row.get("is_confirmed") else "\u00a0○"
        return ComparisonCell(PartialDate.parse(end.date).short, remark=f"{end.places}{doubt}")

    def _followed(self) -> list[list[dict]]:
        """Return the replacements of each model: from the one that the vendor names on, else from that of the end."""
        none, rows = {"replacement": None, "replacement_name": ""}, []
        for model in self.models:
            end, heir = self._end(model), self.documents[model.pk]["replaced_by"]
            rows.append((end.row if end else none) | ({"replacement": heir} if heir else {}))
        return followed(rows)

    def _benchmarks(self) -> list[ComparisonRow]:
        """Return a row for each benchmark setup: another version, variant or harness is another row."""
        scores = defaultdict(dict)
        results = [(key, result) for key, document in self.documents.items() for result in document["benchmarks"]]
        for key, result in sorted(results, key=lambda item: item[1]["measured_on"] or ""):
            parts = [result["name"], result["version"], *settings_of(result), result["metric"]]
            day = f"measured {PartialDate.parse(result['measured_on']).short}" if result["measured_on"] else ""
            score = f"{Decimal(result['score']):,f}"
            scores[", ".join(filter(None, parts))][key] = ComparisonCell(score, result["source_url"] or "", day)
        return [
            self._row(label, lambda model, cells=cells: cells.get(model.pk, ComparisonCell()))
            for label, cells in sorted(scores.items())
        ]

    def _data(self) -> list[ComparisonRow]:
        rows = [self._row(BY_NAME[name].label, partial(self._policy, name=name)) for name in DATA_USE]
        return [self._row("Providers", self._providers), *rows]

    def _policy(self, model, name: str) -> ComparisonCell:
        value, terms = self.rows[model.pk][name] if model.pk in self.rows else None, self._terms.get(model.pk)
        if name == "data_policy_url":
            return ComparisonCell("View" if value else "", value or "")
        if name == "retention_days" and value is not None:
            return ComparisonCell(f"{value:,} day{'s' if value != 1 else ''}" if value else "none")
        if value is None and terms and any(item["fact"] == name for item in terms["evidence"]):  # in a note alone
            return ComparisonCell(SEE_PAGE, f"{model.get_absolute_url()}#data")
        return ComparisonCell(BY_NAME[name].in_words(value))

    def _view(self, model, name: str) -> ComparisonCell:
        end = self._soon(model)
        return _or_none(self.documents[model.pk][name], f"no view; it {end}" if end else NO_VALUE)

    def _weights(self, model) -> ComparisonCell:
        names, weights = ("label", "format", "quantisation"), self.documents[model.pk]["weights"]
        descriptions = [" ".join(filter(None, [row[name] for name in names])) for row in weights]
        return _or_none("; ".join(dict.fromkeys(descriptions)))

    def _providers(self, model) -> ComparisonCell:
        names = self.offers.served_at.get(model.pk, [])
        more = len(names) - NAMES_AT_MOST
        return ComparisonCell(", ".join(names[:NAMES_AT_MOST]), remark=f"and {more} more" if more > 0 else "")

    def _facts_on(self, question: ComparisonSection) -> list[ComparisonRow]:
        def cell(model, name: str) -> ComparisonCell:
            fact, value = self._facts[model.pk].get(name), self.documents[model.pk][name]
            number = Decimal(value) if isinstance(value, int) else None
            is_date = value and BY_NAME[name].kind.name == "DATE"
            text = PartialDate.parse(value).short if is_date else fact.text if fact else ""
            return ComparisonCell(text, fact.url if fact else "", number=number)

        return [
            self._row(
                ", ".join(filter(None, [fact.label, fact.unit])),
                partial(cell, name=fact.name),
                "highest" if fact.unit == TOKENS else "",
            )
            for fact in MODEL_FACTS
            if fact.compared is question
        ]


def differ(number: Decimal | int, other: Decimal | int) -> bool:
    """Return whether numbers differ by at least a tenth of the smaller one."""
    return 10 * abs(number - other) >= min(number, other)


def _events(keys: Collection[int], day: date) -> tuple[dict[tuple[str, int], TimelineEntry], dict[int, TimelineEntry]]:
    """Return deprecations and ends by kind and model: the vendor's, else the next at a provider; and the last if later.

    One query.
    """
    entries = TimelineEntry.objects.filter(kind__in=EVENTS, model_id__in=keys).order_by("-last_day")
    relevant = [entry for entry in entries if entry.row["is_by_vendor"] or entry.last_day > day]
    vendors_last = sorted(relevant, key=lambda entry: entry.row["is_by_vendor"])
    latest = {(entry.kind, entry.model_id): entry for entry in vendors_last}
    hosts = [entry for entry in reversed(relevant) if entry.kind == EventKind.RETIRED and entry.bound == Bound.EXACT]
    ends = {entry.model_id: entry for entry in hosts if not entry.row["is_of_model"]}
    return latest, {pk: end for pk, end in ends.items() if end.last_day > latest[EventKind.RETIRED, pk].last_day}


def _lasting(heirs: list[dict]) -> ComparisonCell:
    earlier = ", ".join(heir["name"] for heir in heirs[:-1])
    cell = _or_none(in_words(heirs[-1:]))
    return replace(cell, remark=f"after {earlier}, which ends") if earlier else cell


def _or_none(text: str | None, otherwise: str = NONE_ON_RECORD) -> ComparisonCell:
    return ComparisonCell(text) if text else ComparisonCell(otherwise, is_known=False)

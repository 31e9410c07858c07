"""The page of a model on a given day, from its document and those of its offerings."""

import math
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from itertools import chain

from django.utils.safestring import SafeString

from catalog.alternatives import COMPARED, distance, lasting, nearest
from catalog.browse.order import newest_of_families
from catalog.browse.rows import ModelRow, rows_of
from catalog.documents import read
from catalog.documents.storing import with_plausible_releases
from catalog.documents.summaries import lowest_among
from catalog.documents.timeline import own_end
from catalog.lifecycle.heirs import followed
from catalog.lifecycle.timeline import SOON_DAYS
from catalog.models import AIModel
from catalog.presenting.rows import (
    EventRow,
    Named,
    OfferingRow,
    benchmarks_of,
    by_fact,
    event_rows,
    fact_rows,
    named_record,
    price_rows,
)
from catalog.presenting.sources import SourceNotes, numbered
from catalog.rules.choices import Confidence
from catalog.rules.facts import OPEN_WEIGHTS, effective_value
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import (
    PRICE_LABELS,
    PRICES,
    Offer,
    in_words_of_lowest,
    own_offers,
    reference_offer,
    served_at,
    usd_in_words,
)
from catalog.rules.service import evidence_of_status
from catalog.rules.status import (
    LASTING,
    REACHED_BY,
    SERVED,
    Bound,
    EventKind,
    Status,
    departure_on,
    model_status_on,
    status_on,
)

LARGE = ("released_on", "context_tokens", "openness")
DOUBTFUL = SafeString('<a href="#facts">doubtful, see below</a>')
WHERE_FEW_ARE_LARGE = ("output_modalities", "input_modalities")
LARGE_AT_LEAST = 4
LONGEST_DATE = len("2026-11-24")
SHOWN_OF_OFFERING = ("released_on", "context_tokens", "input_modalities", "output_modalities")
PRICES_AT_MOST = 2
A_MONTH = timedelta(days=31)  # a status that was read longer ago is shown with its day
LOOKED_AT = 300  # the latest of the same kind; a limit on the work, because older ones are rarely alternatives
MOST, MOST_NEWER = 5, 2
CLOSE, ALIKE = "Close in context and price", "Same inputs and outputs"
# Names that move from model to model, and models that are not for all tasks.
VARIANT = re.compile("latest|preview|experimental|code|search|audio|live", re.IGNORECASE)


class ModelPage:
    """`document` and `offerings` (by key) are documents. One query for their sources, one for each step of heirs.

    `released_on` is None if the release date is unknown or implausible.
    """

    def __init__(self, document: dict, offerings: dict[int, dict], day: date, released_on: str | None):
        self.released_on = released_on
        self.document, self.day, self.soon_days = _with_own_end(document, offerings), day, SOON_DAYS
        self.vendors = [named_record("vendors", vendor) for vendor in document["vendors"]]
        self.family = document["family"] and named_record("family", document["family"])
        self.aliases, self.benchmarks = document["aliases"], benchmarks_of(document)
        self.facts = fact_rows(document)
        for fact in self.facts:
            fact.is_implausible = fact.name == "released_on" and document["released_on"] != released_on
        self.events = event_rows(self.document)
        self.weights = sorted(document["weights"], key=lambda row: row["label"])
        self.kinds = {event.kind for event in self.events}
        offers, rows = _offers_and_rows(document, offerings, day)
        self.vendor_offers, self.served_at = own_offers(offers, document["vendors"]), served_at(offers)
        own_statuses = [offer.status for offer in self.vendor_offers]
        self.status = model_status_on(day, document, own_statuses, [offer.status for offer in offers])
        # The offers whose prices are those of the model, and the lowest.
        self.reference, self.best = reference_offer(offers, document["vendors"]), lowest_among(offers)
        self.own_providers = {vendor["reference_provider"] for vendor in document["vendors"]}
        self.offerings = sorted(rows, key=lambda row: (not self.is_own(row), *row.place()))
        events = [*self.events, *(event for row in rows for event in row.events)]
        self.heirs = self._follow(events)
        self.heir_evidence = self._evidence_of_heirs(events)
        self.notes = self._numbered_sources()
        self._remark_ends()

    def _follow(self, events: list[EventRow]) -> list[dict]:
        """Set the replacements of each event, and return those of the model: of its record, or else of its end."""
        named_by = [(self.document["replaced_by"], ""), *((end.replaced_by, end.replacement_name) for end in events)]
        own_heirs, *heirs_of_events = followed(
            {"replacement": heir, "replacement_name": name} for heir, name in named_by
        )
        for event, heirs in zip(events, heirs_of_events, strict=True):
            event.heirs = heirs
        return own_heirs or self._heirs_at_end(events)

    def _evidence_of_heirs(self, events: list[EventRow]) -> list[dict]:
        """Return the evidence for the replacements, that of the vendor first."""
        of_events = (event.evidence for event in events if event.heirs and event.heirs == self.heirs)
        evidence = by_fact(self.document["evidence"]).get("replaced_by") or next(of_events, [])
        return sorted(evidence, key=lambda item: item["confidence"] != Confidence.VENDOR)

    def _numbered_sources(self) -> SourceNotes:
        """Return the sources of the page, numbered in the order in which it cites them. One query."""
        own_evidence = [*self.document["evidence"], *chain.from_iterable(event.evidence for event in self.events)]
        of_offers = [item for row in self.offerings for item in row.all_evidence]
        on_page = chain(self.heir_evidence, *(part.evidence for part in (*self.facts, *self.offerings)))
        sources = read.sources({item["source"] for item in (*own_evidence, *of_offers)})
        return numbered(own_evidence, of_offers, sources, [item["source"] for item in on_page])

    def _heirs_at_end(self, events: list[EventRow]) -> list[dict]:
        """Return the replacements that the next end at the vendor names, or else the last one, as the API gives them.

        Of several sources for that end, the first that names a record counts, then the first name.
        """
        vendor_ends = [event for event in self.events if event.kind == EventKind.RETIRED]
        ahead = [event for event in vendor_ends if event.period.last_day > self.day]
        if not vendor_ends:
            return []
        end = min(ahead, key=lambda event: event.date) if ahead else max(vendor_ends, key=lambda event: event.date)
        same_ends = [
            event for event in events if (event.kind, event.date, event.bound) == (end.kind, end.date, end.bound)
        ]
        same_ends = [event for event in same_ends if event.heirs]
        return next((event.heirs for event in same_ends if event.replaced_by), same_ends[0].heirs if same_ends else [])

    def _remark_ends(self) -> None:
        """Set the remarks of the offerings. An id with @ is of one host, even if it is on record as two providers."""
        past = (row for row in self.offerings if row.end and row.end.period.last_day <= self.day)
        ended = {row.api_id: row for row in past if "@" in row.api_id and row.end and not row.end.is_doubtful}
        for row in self.offerings:
            of_status = (self.notes.get(item["source"]) for item in evidence_of_status(row.values))
            read_on = max((note.read_on for note in of_status if note), default=str(self.day))
            if end := row.end:
                row.is_doubtful, remarks = end.is_doubtful, []
                is_at_top_of_page = self.is_own(row) and self.end and self.end.date == end.date
                if not is_at_top_of_page:
                    verb = "ended" if end.period.last_day <= self.day else "until"
                    remarks.append(f"{verb} {end.period}{'\u00a0○' if end.is_unconfirmed else ''}")
                if end.is_doubtful:
                    remarks += [item["note"] for item in end.evidence if item["note"]]
                row.remark = ". ".join(remarks)
            elif row.status in SERVED and date.fromisoformat(read_on) < self.day - A_MONTH:
                day, other = PartialDate.parse(read_on), ended.get(row.api_id)
                row.remark, row.is_read_long_ago, row.is_doubtful = f"listed on {day}", True, other is not None
                if other and other.end:
                    row.remark += f"; ended {other.end.period} at {other.provider}"
        self.offerings.sort(key=lambda row: (not self.is_own(row), bool(row.end) is row.is_doubtful, row.is_doubtful))

    @cached_property
    def general_evidence(self) -> list[dict]:
        """Return the evidence for the record as a whole, such as the origin of its name."""
        fact_names = {fact.name for fact in self.facts}
        return [item for item in self.document["evidence"] if item["fact"] not in fact_names]

    @cached_property
    def searched(self) -> list[tuple[str, str]]:
        """Return the title and the finding of each source of the record as a whole."""
        notes_and_items = [(self.notes.get(item["source"]), item) for item in self.general_evidence]
        return [
            (note.title, item["note"] or f"{Confidence(item['confidence']).label.capitalize()}. {note.note}".strip())
            for note, item in notes_and_items
            if note
        ]

    @cached_property
    def end(self) -> EventRow | None:
        """Return the next end of service at the vendor, or the last one if only others serve the model today."""
        ends = [event for event in self.events if event.kind == EventKind.RETIRED]
        ahead = [event for event in ends if event.period.last_day > self.day]
        past = [event for event in ends if event.bound == Bound.EXACT and self.status == Status.DEPRECATED]
        return next(iter([*ahead, *reversed(past)]), None) if self.status != Status.RETIRED else None

    @property
    def has_ended(self) -> bool:
        """Return whether the end is past, so that only others than the vendor still serve it."""
        return self.end is not None and self.end.period.last_day <= self.day

    @cached_property
    def departure(self) -> str:
        """Return since when its vendor's own list has it no longer, and who says so, in words; "" if that is not so."""
        documents = [offer.document for offer in self.vendor_offers]
        if not (left_on := departure_on(self.day, self.status, documents)):
            return ""
        place = next(document for document in documents if document["left_list_on"] == left_on)
        of_list = by_fact(place["evidence"])
        notes = (self.notes.get(item["source"]) for item in of_list.get("listing") or of_list.get(None, []))
        names = ", ".join(note.title for note in notes if note)
        text = f"Not in the list of {place['provider']['name']} since {PartialDate.parse(left_on)}"
        return f"{text} ({names})" if names else text

    @property
    def in_short(self) -> str:
        """Return the prices at its vendor and the last day in one line, for link previews."""
        prices = self.reference.prices if self.reference and self.status != Status.RETIRED else {}
        amounts = [amount for name in PRICES[:PRICES_AT_MOST] if (amount := prices.get(name)) is not None]
        cost = f"{' / '.join(map(usd_in_words, amounts))} USD per million tokens" if amounts else ""
        if self.end:
            last = f"last day {'not before ' * (self.end.bound == Bound.NOT_BEFORE)}{self.end.period}"
        elif self.departure:
            last = "left its vendor’s list"
        elif self.status in LASTING:
            last = "no last day announced"
        else:
            last = f"{self.status.label.lower()}{f' since {self.since}' if self.since else ''}"
        line = ", ".join(filter(None, [cost, last]))
        return line[:1].upper() + line[1:]

    @property
    def days_left(self) -> int | None:
        """Return the days to the end of service, None if its day is not known."""
        is_day = self.end and self.end.bound == Bound.EXACT and len(self.end.date) == LONGEST_DATE
        return (self.end.period.last_day - self.day).days if self.end and is_day and not self.has_ended else None

    @cached_property
    def history(self) -> list[EventRow]:
        """Return the events, and then the later ends at providers, each with its `place`."""
        rows = [(row.end, row.provider) for row in self.offerings if not row.is_doubtful]
        ends = {(place, end.date): replace(end, place=place) for end, place in rows if end and self.end}
        later = (end for end in ends.values() if self.end and end.period.last_day > self.end.period.last_day)
        return [*self.events, *sorted(later, key=lambda end: end.date)]

    @cached_property
    def lead_facts(self) -> list[dict]:
        """Return the few most important facts, in the form that components/facts.html expects."""
        facts, last_facts = {fact.name: fact for fact in self.facts}, self.lead_prices()
        names = [name for name in LARGE if name in facts and not (self.served_at and name == "openness")]
        if providers := len(self.served_at):
            number = f"{providers} provider{'s' if providers > 1 else ''}"
            label = "Still listed by" if self.status == Status.RETIRED else "Offered by"
            last_facts.append({"label": label, "value": number, "url": "#offerings", "note": facts["openness"].text})
        for name in WHERE_FEW_ARE_LARGE:
            if len(names) + len(last_facts) < LARGE_AT_LEAST:
                names.insert(0, name)
        first_facts = []
        for fact in (facts[name] for name in names):
            unit, note = (fact.unit, DOUBTFUL if fact.is_doubtful else "") if fact.is_known else ("", "")
            first_facts.append({"label": fact.label, "value": fact.text, "unit": unit, "note": note})
        return [*first_facts, *last_facts]

    @cached_property
    def since(self) -> PartialDate | None:
        """Return the date since which the status has not changed, or None if no event explains the status."""
        happened = [event for event in self.events if event.bound == Bound.EXACT and event.period.last_day <= self.day]
        first = None
        for event in sorted(happened, key=lambda event: event.period.last_day, reverse=True):
            if status_on(event.period.last_day, self.document) != self.status:
                break
            first = event
        return first.period if first and REACHED_BY.get(first.kind) == self.status else None

    @cached_property
    def status_by(self) -> tuple[str, PartialDate] | None:
        """Return who gives the status, the vendor only where a source of the vendor does, and when it was read."""
        kinds = {kind for kind, status in REACHED_BY.items() if status == self.status}
        if self.status == Status.DEPRECATED:
            kinds.add(EventKind.RETIRED)
        rows, place = [item for event in self.events if event.kind in kinds for item in event.evidence], ""
        if self.status in LASTING:  # what announces or measures a model does not say that it is served today
            rows = [item for item in rows if item["confidence"] == Confidence.VENDOR]
            lists = [row for row in self.offerings if row.status in LASTING]
            lists = [row for row in lists if self.is_own(row)] or lists
            rows += [item for row in lists for item in evidence_of_status(row.values)]
        elif self.status not in {Status.UNKNOWN, status_on(self.day, self.document)}:  # so at the vendor's own API
            documents = [offer.document for offer in self.vendor_offers if offer.status != Status.UNKNOWN]
            rows = [item for offering in documents for item in evidence_of_status(offering)]
            place = f" ({documents[0]['provider']['name']})"
        cited = [item for item in rows if item["source"] in self.notes and item["confidence"] != Confidence.DISPUTED]

        def place_of(item: dict) -> tuple:
            is_newest_first = self.status in LASTING
            is_vendor, day = item["confidence"] == Confidence.VENDOR, self.notes[item["source"]].read_on
            return (day, is_vendor) if is_newest_first else (is_vendor, day)

        best = max(cited, key=place_of, default=None)
        if best is None:
            return None
        note = self.notes[best["source"]]
        title = "the vendor" if best["confidence"] == Confidence.VENDOR else note.title
        return f"{title}{place}", PartialDate.parse(note.read_on)

    @cached_property
    def lead_offering(self) -> OfferingRow | None:
        """Return the offering whose prices are shown at the top."""
        lead = self.reference or (None if self.is_past else self.best)
        rows = sorted(self.offerings, key=lambda row: row.key != (lead and lead.key))
        return next((row for row in rows if _large_prices(row)), None)

    @cached_property
    def is_past(self) -> bool:
        """Return whether it is retired and the prices at its vendor, then the last ones, are known."""
        return self.status == Status.RETIRED and any(_large_prices(row) for row in self.offerings if self.is_own(row))

    def is_own(self, row: OfferingRow) -> bool:
        """Return whether its provider is the own API of a vendor of the model."""
        return row.values["provider"]["id"] in self.own_providers

    @property
    def on_record(self) -> list[OfferingRow]:
        """Return the offerings whose status or prices are known for the day."""
        return [row for row in self.offerings if row.prices or row.status != Status.UNKNOWN]

    @property
    def not_on_record(self) -> list[Named]:
        """Return the providers of the other offerings."""
        return [row.provider for row in self.offerings if row not in self.on_record]

    @property
    def prices_begin(self) -> PartialDate | None:
        """Return when the known prices begin, None if they have begun by the day or there are none."""
        days = [PartialDate.parse(price["valid_from"]) for row in self.offerings for price in row.values["prices"]]
        first = min(days, key=lambda day: day.first_day, default=None)
        return first if first and first.first_day > self.day else None

    @property
    def past_events(self) -> list[EventRow]:
        return [event for event in self.events if event.period.first_day <= self.day]

    def lead_prices(self) -> list[dict]:
        """Return the prices at the reference provider, else the lowest ones, else the last ones of a retired model."""
        if self.is_past:
            return next(filter(None, (_large_prices(row, is_past=True) for row in filter(self.is_own, self.offerings))))
        if reference := self.reference:
            return _large_prices(next(row for row in self.offerings if row.key == reference.key))
        if any(row.prices and row.status != Status.RETIRED for row in self.offerings):
            lowest = self.best and {"provider": self.best.provider, **self.best.prices}
            text_by_price = {name: in_words_of_lowest(lowest, name) for name in PRICES[:PRICES_AT_MOST]}
            return [
                {"label": PRICE_LABELS[name], "value": "No vendor price", "note": f"from {text}" if text else ""}
                for name, text in text_by_price.items()
                if text or name == "input_price"
            ]
        return next(filter(None, map(_large_prices, self.offerings)), [])


def _offers_and_rows(document: dict, offerings: dict[int, dict], day: date) -> tuple[list[Offer], list[OfferingRow]]:
    """Return the offerings as offers, by which a model is judged, and as rows of its page."""
    offers, rows = [], []
    for key, offering in offerings.items():
        in_effect = {name: effective_value(offering, document, name) for name in SHOWN_OF_OFFERING}
        offer = Offer.on(day, key, offering, in_effect)
        offers.append(offer)
        parts = price_rows(offer.valid), event_rows(offering)
        rows.append(OfferingRow(key, offering, Status(offer.status), in_effect, *parts))
    return offers, rows


def _with_own_end(document: dict, offerings: dict[int, dict]) -> dict:
    """Return the document with the end at its vendor's own providers, if it has none of its own."""
    vendor_providers = {vendor["reference_provider"] for vendor in document["vendors"]}
    reports = [(offering["provider"], event) for offering in offerings.values() for event in offering["events"]]
    retired = {"kind": EventKind.RETIRED, "date": own_end(document, offerings)}
    ends = [
        event | {"note": event["note"] or f"At {provider['name']}."}
        for provider, event in reports
        if provider["id"] in vendor_providers and retired.items() <= event.items()
    ]
    return {**document, "events": [*document["events"], *ends[:1]]}


def model_page(model: AIModel, day: date) -> ModelPage:
    """Three queries; a draft takes more, because its document is composed as if it were public."""
    document, offerings, released_on = read.model_and_offerings(model.pk) if model.is_public else (None, {}, None)
    if document is None:
        as_if_public = {(AIModel, model.pk)}
        document = read.drafts("model", [model.pk], as_if_public)[model.pk]
        offerings = read.drafts("offering", model.offerings.values_list("pk", flat=True), as_if_public)
        released_on = with_plausible_releases({model.pk: document}, offerings)[model.pk]["released_on"]
    return ModelPage(document, offerings, day, released_on)


def _large_prices(row: OfferingRow, is_past: bool = False) -> list[dict]:
    """Return the first prices in the form that components/facts.html expects, as the last ones if they are past."""
    ordinary, prices = [price for price in row.that_apply if not price.conditions], []
    for price in ordinary[:PRICES_AT_MOST]:
        amount, unit = price.amount_and_unit
        label = (
            f"Last {price.label.lower()} price" if is_past or row.status == Status.RETIRED else f"{price.label} price"
        )
        prices.append({"label": label, "value": amount, "unit": unit, "note": f"via {row.provider}"})
    return prices


def alternatives_to(key: int, page: ModelPage, day: date) -> list[tuple[ModelRow, str]]:
    """Return models of the same kind, served on `day`, each with the reason for naming it. Two queries.

    Replacements that the vendor names come first, then the latest newer models of the series, then those that support
    all inputs and outputs: those with a price and those read at their sources first, then the newest of each family,
    then the closest in context and price. Those of open weights are open, and older ones of the same series are left
    out. Returns none if the kind is unknown.
    """
    document, input_price = page.document, page.reference and page.reference.prices["input_price"]
    if not document["kind"]:
        return []
    columns = (*COMPARED, "periods__lowest", "checked_on", "name", "slug", "family_id", "released_until")
    others = lasting(day).filter(kind=document["kind"])
    if OPEN_WEIGHTS.get(document["openness"]):
        others = others.filter(openness__in=[value for value, is_open in OPEN_WEIGHTS.items() if is_open])
    latest = [*others.values_list(*columns)[: LOOKED_AT + 1]]
    slugs = {row[0]: row[-3] for row in latest}
    newest = newest_of_families((row[0], row[-2]) for row in latest)
    # A model without any price cannot be compared; the status of models not read at their sources may be months old.
    later = {
        pk: (bool(VARIANT.search(row[-4])), (price, lowest) == (None, None), row[-5] is None, pk not in newest)
        for row in latest
        for pk, _, _, price, lowest in [row[: len(COMPARED) + 1]]
    }
    heirs = {heir["slug"] for steps in (page.heirs, *(event.heirs for event in page.events)) for heir in steps}
    family, released = document["family"] or {"id": ""}, PartialDate.parse(page.released_on or "9999")
    newer = [
        pk for pk, *_, of, on in latest if not later[pk][0] and str(of) == family["id"] and on > str(released.last_day)
    ]
    near = nearest(key, document, input_price, (row[: len(COMPARED)] for row in latest))
    why = dict.fromkeys((pk for pk, slug in slugs.items() if slug in heirs), "Named replacement")
    why |= {pk: "Newer in this series" for pk in newer[:MOST_NEWER] if pk not in why}
    own_sizes = document["context_tokens"], float(input_price) if input_price else None
    close = {row[0] for row in latest if all(row[2:4]) and max(map(distance, row[2:4], own_sizes)) <= math.log(1.5)}
    began = page.released_on or min((price.valid_from for row in page.offerings for price in row.prices), default="")
    older = {pk for pk, *_, of, on in latest if str(of) == family["id"] and began and on < began}
    near = sorted((pk for pk in near if pk not in why and pk not in older), key=later.__getitem__)
    why |= {pk: CLOSE if pk in close else ALIKE for pk in near}
    chosen = {slugs[pk]: reason for pk, reason in why.items()}
    return [(row, chosen[row.slug]) for row in rows_of([*why][:MOST], day)]

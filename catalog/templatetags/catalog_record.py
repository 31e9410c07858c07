"""Tags for the page of a model: what is set large, since when its status holds, its sources as numbered notes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django import template

from catalog.dossier import Dossier
from catalog.models import Evidence, LifecycleEvent, Source
from catalog.offering_row import OfferingRow, Row
from catalog.rules.choices import Confidence
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import NO_CHARGE, amount_in_words
from catalog.rules.status import REACHED_BY, Bound, EventKind, Status

register = template.Library()

LARGE = ("context_tokens", "released_on", "openness")
WHERE_FEW_ARE_LARGE = ("output_modalities", "input_modalities")
LARGE_AT_LEAST = 4
PRICES_AT_MOST = 2
# Where one would rather take the price from that stands for all.
BEST_SERVED = (Status.AVAILABLE, Status.PREVIEW, Status.DEPRECATED, Status.ANNOUNCED, Status.UNKNOWN, Status.RETIRED)

STRENGTH = Confidence.values
DOUBTS = {Confidence.UNVERIFIED, Confidence.DISPUTED}


@dataclass(frozen=True)
class Note:
    """A source with its number on the page, and whose word it mostly is there."""

    number: int
    source: Source
    confidence: str

    @property
    def words(self) -> str:
        return "" if self.confidence in DOUBTS else Confidence(self.confidence).label


@dataclass(frozen=True)
class Citation:
    """Notes that vouch for something; `words` say what is doubtful about it, `remark` what the source says instead."""

    notes: list[Note]
    words: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Standing:
    """`since`, the date that brought the status; `end`, an end of service that lies ahead. Both may be missing."""

    since: PartialDate | None
    end: LifecycleEvent | None


@register.simple_tag
def numbered_sources(dossier: Dossier) -> dict[int, Note]:
    """The sources of a page as notes, by primary key, in the order of their numbers."""
    said = defaultdict(Counter)
    for item in _all_evidence(dossier):
        said[item.source_id][item.confidence] += 1
    return {
        source.pk: Note(number, source, said[source.pk].most_common(1)[0][0])
        for number, source in enumerate(dossier.sources, start=1)
    }


@register.simple_tag
def citations(evidence: list[Evidence], notes: dict[int, Note]) -> list[Citation]:
    """What vouches without a doubt first, together; then, each by itself, what is doubted or remarked upon."""
    plain, others = [], []
    for item in sorted(evidence, key=lambda item: STRENGTH.index(item.confidence)):
        note = notes[item.source_id]
        words = _reservations(item, note)
        if words or item.note:
            others.append(Citation([note], words, item.note))
        else:
            plain.append(note)
    return [Citation(plain), *others] if plain else others


@register.simple_tag
def standing(dossier: Dossier) -> Standing:
    events = [row.subject for row in dossier.events]
    ahead = [event for event in events if event.kind == EventKind.RETIRED and event.period.last_day > dossier.day]
    return Standing(_since(dossier, events), ahead[0] if ahead and dossier.status != Status.RETIRED else None)


@register.simple_tag
def lead_facts(dossier: Dossier) -> list[dict]:
    """The few facts that most readers come for, as components/facts.html takes them."""
    rows = {row.subject.name: row for row in dossier.facts}
    prices = _lead_prices(dossier.offerings)
    names = [name for name in LARGE if name in rows]
    for name in WHERE_FEW_ARE_LARGE:
        if len(names) + len(prices) < LARGE_AT_LEAST:
            names.insert(0, name)
    return [_large(rows[name]) for name in names] + prices


@register.filter
def marks(row: OfferingRow, notes: dict[int, Note]) -> list[Note]:
    """The sources of an offering and of its prices, each once."""
    evidence = [*row.evidence, *(item for price in row.prices for item in price.evidence)]
    return [notes[pk] for pk in sorted({item.source_id for item in evidence}, key=lambda pk: notes[pk].number)]


@register.filter
def amount_and_unit(words: str) -> tuple[str, str]:
    """A price in words as the number, by which prices stand under each other, and the rest."""
    amount, _, unit = (words, "", "") if words == NO_CHARGE else words.partition(" ")
    return amount, unit


@register.filter
def decimals(amount: str) -> int:
    return len(amount.partition(".")[2])


def _all_evidence(dossier: Dossier) -> Iterable[Evidence]:
    rows = [*dossier.facts, *dossier.events, *dossier.offerings]
    for offering in dossier.offerings:
        rows += [*offering.prices, *offering.events]
    return [*dossier.general_evidence, *(item for row in rows for item in row.evidence)]


def _reservations(item: Evidence, note: Note) -> str:
    is_said = item.confidence in DOUBTS or item.confidence != note.confidence
    return ", ".join(
        [item.get_confidence_display()] * is_said + ["not checked by us"] * (not item.is_checked),
    )


def _since(dossier: Dossier, events: list[LifecycleEvent]) -> PartialDate | None:
    """Going back from today, the earliest event since which the status has been what it is, if it brought it."""
    happened = [event for event in events if event.bound == Bound.EXACT and event.period.last_day <= dossier.day]
    first = None
    for event in sorted(happened, key=lambda event: event.period.last_day, reverse=True):
        if dossier.model.status_on(event.period.last_day, events) != dossier.status:
            break
        first = event
    return first.period if first and REACHED_BY.get(first.kind) == dossier.status else None


def _large(row: Row) -> dict:
    fact = row.subject
    return {
        "label": fact.label,
        "value": fact.value or ", ".join(str(record) for record in fact.records),
        "unit": fact.unit if fact.is_known else "",
        "note": "doubtful, see below" if fact.is_known and row.is_doubtful else "",
    }


def _lead_prices(offerings: list[OfferingRow]) -> list[dict]:
    for row in sorted(offerings, key=_doubt_of_prices):
        prices = [price.subject for price in row.prices if not price.subject.conditions_in_words][:PRICES_AT_MOST]
        if prices:
            return [_large_price(price, row) for price in prices]
    return []


def _doubt_of_prices(row: OfferingRow) -> tuple[int, bool, int]:
    """Least for what is best served and, among its like, asks a price and is vouched for by most."""
    return BEST_SERVED.index(row.status), not row.input_amount, -sum(len(price.evidence) for price in row.prices)


def _large_price(price, row: OfferingRow) -> dict:
    amount, unit = amount_and_unit(amount_in_words(price.terms))
    kind = "Last price" if row.status == Status.RETIRED else "Price"
    return {
        "label": f"{kind}, {price.get_meter_display().lower()}",
        "value": amount,
        "unit": unit,
        "note": f"at {row.offering.provider}",
    }

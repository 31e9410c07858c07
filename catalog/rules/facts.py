"""The facts of models and offerings, each declared once.

Forms, CSV, lists, comparisons, pages, texts, documents and imports use this declaration. A new fact needs a model
field, an entry here and a migration. A fact has one name everywhere: that of its column.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from django.db.models import TextChoices

from catalog.rules.choices import ModelKind, Openness
from catalog.rules.partial_dates import PartialDate

OPEN_WEIGHTS = {
    Openness.OPEN: True,
    Openness.RESTRICTED_WEIGHTS: True,
    Openness.WEIGHTS: True,
    Openness.API_ONLY: False,
    Openness.HOSTED_ONLY: False,
}
# Models of these kinds do not process text in tokens, so unknown token limits are not shown.
KINDS_WITHOUT_TOKENS = {ModelKind.IMAGE, ModelKind.VIDEO, ModelKind.AUDIO}
TOKENS = "tokens"
BILLION = 10**9


class FactKind(Enum):
    """The type of a fact. Unknown is "" in text columns, and null in other columns and in documents."""

    CHOICE = auto()
    TEXT = auto()
    URL = auto()
    DATE = auto()  # a partial date
    COUNT = auto()
    YES_NO = auto()
    RECORD = auto()
    RECORDS = auto()  # related records for a model, a list of their slugs for an offering


class FactSubject(Enum):
    MODEL = auto()
    OFFERING = auto()
    BOTH = auto()  # an offering may inherit the value from its model


class FactPlace(Enum):
    """Where a fact is shown. Forms, documents and the API have all facts."""

    PAGE = auto()  # the page of a model, texts that cite it, the changelog
    CSV = auto()  # for editors, export and import
    DOWNLOAD = auto()  # a list of models as a file
    FILTER = auto()


class ComparisonSection(Enum):
    LIFE = "Lifetime"
    HOSTING = "Self-hosting"
    QUALITY = "Capabilities"


@dataclass(frozen=True)
class Fact:
    """`row` groups the facts of an offering in its form, `feed_path` is the path of a shared fact in models.dev."""

    name: str
    label: str
    kind: FactKind
    subject: FactSubject = FactSubject.MODEL
    row: str = ""
    unit: str = ""
    choices: type[TextChoices] | None = None
    compared: ComparisonSection | None = None
    places: frozenset[FactPlace] = frozenset({FactPlace.PAGE, FactPlace.CSV})
    feed_path: str = ""

    @property
    def is_value(self) -> bool:
        """Return whether the fact is a value rather than related records."""
        return self.kind not in {FactKind.RECORD, FactKind.RECORDS}

    @property
    def is_text(self) -> bool:
        """Return whether its column is a text column, in which "" means unknown."""
        return self.kind in {FactKind.CHOICE, FactKind.TEXT, FactKind.URL, FactKind.DATE}

    def in_words(self, value: Any) -> str:
        """Return a column's value for readers, without its unit; "" if unknown."""
        if value is None or value == "":
            return ""
        match self.kind:
            case FactKind.DATE:
                return str(PartialDate.parse(value))
            case FactKind.YES_NO:
                return "yes" if value else "no"
            case FactKind.COUNT if value >= BILLION:
                return f"{(Decimal(value) / BILLION).normalize():,f} billion"
            case FactKind.COUNT:
                return f"{value:,}"
            case FactKind.CHOICE if self.choices:
                return str(dict(self.choices.choices).get(value, value))
        return str(value)


def _places(*places: FactPlace) -> frozenset[FactPlace]:
    return frozenset({FactPlace.PAGE, FactPlace.CSV, *places})


def _shared(name: str, label: str, kind: FactKind, row: str, path: str, **more) -> Fact:
    return Fact(name, label, kind, FactSubject.BOTH, row, feed_path=path, **more)


def _tokens(name: str, label: str, path: str, **more) -> Fact:
    return _shared(name, label, FactKind.COUNT, "tokens", f"limit.{path}", unit=TOKENS, **more)


def _ability(name: str, label: str, path: str, row: str = "abilities", **more) -> Fact:
    return _shared(name, label, FactKind.YES_NO, row, path, **more)


def _at_provider(name: str, label: str, kind: FactKind, row: str, **more) -> Fact:
    return Fact(name, label, kind, FactSubject.OFFERING, row, places=NOWHERE, **more)


PAGE_ONLY, NOWHERE = frozenset({FactPlace.PAGE}), frozenset()
FILTERED, DOWNLOADED = _places(FactPlace.DOWNLOAD, FactPlace.FILTER), _places(FactPlace.DOWNLOAD)
LIFE, HOSTING, QUALITY = ComparisonSection
CHOICE, TEXT, YES_NO, RECORDS = FactKind.CHOICE, FactKind.TEXT, FactKind.YES_NO, FactKind.RECORDS
IN, OUT = "modalities.input", "modalities.output"
# In the order of the page.
FACTS = (
    Fact("vendors", "Vendor", RECORDS, places=PAGE_ONLY),
    Fact("family", "Family", FactKind.RECORD, places=PAGE_ONLY),
    _shared("input_modalities", "Input", RECORDS, "modalities", IN, compared=QUALITY, places=PAGE_ONLY),
    _shared("output_modalities", "Output", RECORDS, "modalities", OUT, compared=QUALITY, places=PAGE_ONLY),
    Fact("kind", "Kind", CHOICE, choices=ModelKind, compared=QUALITY, places=FILTERED),
    _shared("released_on", "Released", FactKind.DATE, "dates", "release_date", compared=LIFE, places=DOWNLOADED),
    _shared("knowledge_cutoff_on", "Knowledge cutoff", FactKind.DATE, "dates", "knowledge", compared=QUALITY),
    _tokens("context_tokens", "Context window", "context", compared=QUALITY, places=DOWNLOADED),
    _tokens("max_input_tokens", "Max input", "input"),
    _tokens("max_output_tokens", "Max output", "output", compared=QUALITY),
    Fact("parameters", "Parameters", FactKind.COUNT, compared=HOSTING),
    _ability("reasoning", "Reasoning", "reasoning", compared=QUALITY, places=FILTERED),
    _ability("tool_calls", "Tool calls", "tool_call", compared=QUALITY, places=FILTERED),
    _ability("structured_output", "Structured output", "structured_output", compared=QUALITY, places=FILTERED),
    _ability("attachments", "Attachments", "attachment", "more capabilities", places=FILTERED),
    _ability("temperature", "Temperature control", "temperature", "more capabilities"),
    Fact("fine_tuning", "Fine-tuning", YES_NO, compared=QUALITY, places=FILTERED),
    Fact("openness", "Openness", CHOICE, choices=Openness, compared=HOSTING, places=FILTERED),
    _at_provider("open_weights", "Open weights", YES_NO, "more capabilities"),
    Fact("licence", "Licence", TEXT, compared=HOSTING, places=DOWNLOADED),
    Fact("licence_url", "Licence text", FactKind.URL, places=frozenset({FactPlace.CSV})),
    _at_provider("regions", "Regions", TEXT, ""),
    _at_provider("retention_days", "Data retention", FactKind.COUNT, "data", unit="days"),
    _at_provider("zero_retention", "Zero retention available", YES_NO, "data"),
    _at_provider("trains_on_input", "Trains on customer data", YES_NO, "data"),
    _at_provider("data_policy_url", "Data policy", FactKind.URL, "data policy"),
)
BY_NAME = {fact.name: fact for fact in FACTS}
MODEL_FACTS = tuple(fact for fact in FACTS if fact.subject is not FactSubject.OFFERING)
OFFERING_FACTS = tuple(fact for fact in FACTS if fact.subject is not FactSubject.MODEL)
SHARED_FACTS = tuple(fact for fact in FACTS if fact.subject is FactSubject.BOTH)


def values_in(place: FactPlace, *kinds: FactKind) -> list[Fact]:
    """Return the facts of a place that are values; only of these kinds if any are given."""
    return [fact for fact in FACTS if place in fact.places and fact.is_value and (not kinds or fact.kind in kinds)]


def form_rows(facts: tuple[Fact, ...], *rows: str) -> list[tuple[str, ...]]:
    """Return the names of facts by rows of a form."""
    return [tuple(fact.name for fact in facts if fact.row == row) for row in rows]


def covered_by(paths: list[str]) -> list[str]:
    """Return the names of the shared facts that paths of models.dev cover: "limit" covers "limit.input"."""
    return [fact.name for fact in SHARED_FACTS if any(f"{fact.feed_path}.".startswith(f"{path}.") for path in paths)]


def effective(offering: dict, model: dict | None) -> dict:
    """Return the values of an offering by its document and that of its model, None for unknown.

    1. A value that the offering states itself is used.
    2. A value that it does not state (null) is taken from the model's document if `inherits` is true and
       `not_inherited` does not name it. `open_weights` is derived from the model's `openness`.
    3. Otherwise it is unknown. Prices, status, regions and the data policy are never inherited.
    """
    return {
        name: effective_value(offering, model, name) for name in (*(fact.name for fact in SHARED_FACTS), "open_weights")
    }


def effective_value(offering: dict, model: dict | None, name: str) -> Any:
    """Return one of the values of `effective`."""
    if offering[name] is not None or not model or not offering["inherits"] or name in offering["not_inherited"]:
        return offering[name]
    if name == "open_weights":
        return OPEN_WEIGHTS.get(model["openness"])
    return model[name] or None if BY_NAME[name].kind is RECORDS else model[name]

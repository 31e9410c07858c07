"""The facts of models and offerings, each declared once.

Forms, CSV, lists, comparisons, pages, texts, documents and imports use this declaration. A new fact needs a model
field, an entry here and a migration. A fact has one name everywhere, also in documents, evidence and citations: that of
its column.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import cast

from django.db.models import TextChoices

from catalog.rules.choices import ModelKind, Openness
from catalog.rules.partial_dates import PartialDate

# Models of these kinds do not process text in tokens, so unknown token limits are not shown.
KINDS_WITHOUT_TOKENS = {ModelKind.IMAGE, ModelKind.VIDEO, ModelKind.AUDIO}
TOKENS = "tokens"


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
    """The groups of a comparison."""

    LIFE = "How long will it live?"
    HOSTING = "May I host it?"
    QUALITY = "How good is it?"


@dataclass(frozen=True)
class Fact:
    """`row` groups facts in one row of a form; "" if the form places the fact itself.

    `feed_path` is its path in models.dev.
    """

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

    def in_words(self, value) -> str:
        """Return a column's value for readers, without its unit; "" if unknown."""
        if value is None or value == "":
            return ""
        match self.kind:
            case FactKind.DATE:
                return str(PartialDate.parse(value))
            case FactKind.YES_NO:
                return "yes" if value else "no"
            case FactKind.COUNT:
                return f"{value:,}"
            case FactKind.CHOICE:
                return str(dict(cast(type[TextChoices], self.choices).choices).get(value, value))
        return str(value)


def _places(*places: FactPlace) -> frozenset[FactPlace]:
    return frozenset({FactPlace.PAGE, FactPlace.CSV, *places})


def _tokens(name: str, label: str, path: str, **more) -> Fact:
    return Fact(name, label, FactKind.COUNT, FactSubject.BOTH, "tokens", TOKENS, feed_path=f"limit.{path}", **more)


def _ability(name: str, label: str, path: str, row: str = "abilities", subject=FactSubject.BOTH, **more) -> Fact:
    return Fact(name, label, FactKind.YES_NO, subject, row, feed_path=path, **more)


def _at_provider(name: str, label: str, kind: FactKind, row: str, **more) -> Fact:
    return Fact(name, label, kind, FactSubject.OFFERING, row, places=NOWHERE, **more)


PAGE_ONLY, NOWHERE = frozenset({FactPlace.PAGE}), frozenset()
LISTED = _places(FactPlace.DOWNLOAD, FactPlace.FILTER)
# In the order of the page.
FACTS = (
    Fact("vendors", "Vendor", FactKind.RECORDS, places=PAGE_ONLY),
    Fact("family", "Family", FactKind.RECORD, places=PAGE_ONLY),
    Fact(
        *("input_modalities", "Input", FactKind.RECORDS, FactSubject.BOTH, "modalities"),
        compared=ComparisonSection.QUALITY,
        places=PAGE_ONLY,
        feed_path="modalities.input",
    ),
    Fact(
        *("output_modalities", "Output", FactKind.RECORDS, FactSubject.BOTH, "modalities"),
        compared=ComparisonSection.QUALITY,
        places=PAGE_ONLY,
        feed_path="modalities.output",
    ),
    Fact("kind", "Kind", FactKind.CHOICE, choices=ModelKind, compared=ComparisonSection.QUALITY, places=LISTED),
    Fact(
        *("released_on", "Released", FactKind.DATE, FactSubject.BOTH, "dates"),
        compared=ComparisonSection.LIFE,
        places=_places(FactPlace.DOWNLOAD),
        feed_path="release_date",
    ),
    Fact(
        *("knowledge_cutoff_on", "Knowledge cutoff", FactKind.DATE, FactSubject.BOTH, "dates"),
        compared=ComparisonSection.QUALITY,
        feed_path="knowledge",
    ),
    _tokens(
        "context_tokens",
        "Context window",
        "context",
        compared=ComparisonSection.QUALITY,
        places=_places(FactPlace.DOWNLOAD),
    ),
    _tokens("max_input_tokens", "Max input", "input"),
    _tokens("max_output_tokens", "Max output", "output", compared=ComparisonSection.QUALITY),
    Fact("parameters", "Parameters", FactKind.COUNT, row="size", compared=ComparisonSection.HOSTING),
    _ability("reasoning", "Reasoning", "reasoning", compared=ComparisonSection.QUALITY, places=LISTED),
    _ability("tool_calls", "Tool calls", "tool_call", compared=ComparisonSection.QUALITY, places=LISTED),
    _ability(
        "structured_output", "Structured output", "structured_output", compared=ComparisonSection.QUALITY, places=LISTED
    ),
    _ability("attachments", "Attachments", "attachment", row="more capabilities", places=LISTED),
    _ability("temperature", "Temperature control", "temperature", row="more capabilities"),
    _ability(
        *("fine_tuning", "Fine-tuning", "", "more capabilities", FactSubject.MODEL),
        compared=ComparisonSection.QUALITY,
        places=LISTED,
    ),
    Fact(
        *("openness", "Openness", FactKind.CHOICE, FactSubject.MODEL, "licence"),
        choices=Openness,
        compared=ComparisonSection.HOSTING,
        places=LISTED,
        feed_path="open_weights",
    ),
    _ability("open_weights", "Open weights", "open_weights", "more capabilities", FactSubject.OFFERING, places=NOWHERE),
    Fact(
        *("licence", "Licence", FactKind.TEXT, FactSubject.MODEL, "licence"),
        compared=ComparisonSection.HOSTING,
        places=_places(FactPlace.DOWNLOAD),
        feed_path="license",
    ),
    Fact("licence_url", "Licence text", FactKind.URL, row="licence", places=frozenset({FactPlace.CSV})),
    _at_provider("regions", "Regions", FactKind.TEXT, ""),
    _at_provider("retention_days", "Data retention", FactKind.COUNT, "data", unit="days"),
    _at_provider("zero_retention", "Zero retention available", FactKind.YES_NO, "data"),
    _at_provider("trains_on_input", "Trains on customer data", FactKind.YES_NO, "data"),
    _at_provider("data_policy_url", "Data policy", FactKind.URL, "data policy"),
)
BY_NAME = {fact.name: fact for fact in FACTS}
MODEL_FACTS = tuple(fact for fact in FACTS if fact.subject is not FactSubject.OFFERING)
OFFERING_FACTS = tuple(fact for fact in FACTS if fact.subject is not FactSubject.MODEL)
SHARED_FACTS = tuple(fact for fact in FACTS if fact.subject is FactSubject.BOTH)


def values_in(place: FactPlace, *kinds: FactKind) -> list[Fact]:
    """Return the facts of a place that are values; only of these kinds if any are given."""
    return [fact for fact in FACTS if place in fact.places and fact.is_value and (not kinds or fact.kind in kinds)]


def form_rows(facts, *rows: str) -> list[tuple[str, ...]]:
    """Return the names of facts by rows of a form."""
    return [tuple(fact.name for fact in facts if fact.row == row) for row in rows]


def covered_by(paths) -> list[str]:
    """Return the names of the shared facts that paths of models.dev cover: "limit" covers "limit.input"."""
    return [fact.name for fact in SHARED_FACTS if any(f"{fact.feed_path}.".startswith(f"{path}.") for path in paths)]

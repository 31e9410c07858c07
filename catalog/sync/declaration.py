"""What the documents read, table by table, and whose document each row is part of.

The one list of it: triggers watch these columns, documents are made of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.db import models

from catalog.models import (
    AIModel,
    Alias,
    BenchmarkResult,
    Evidence,
    Family,
    LifecycleEvent,
    MergedRecord,
    Modality,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Price,
    Provider,
    Source,
    Vendor,
    Weights,
)
from catalog.models.price import TERMS
from catalog.rules.facts import MODEL_FACTS, OFFERING_FACTS

# In the order in which they are numbered: records that others name come first. Sources come last: whether readers may
# see one depends on the records that it vouches for.
TYPES: dict[str, type[models.Model]] = {
    "vendor": Vendor,
    "modality": Modality,
    "family": Family,
    "provider": Provider,
    "model": AIModel,
    "offering": Offering,
    "source": Source,
}


class Mark(StrEnum):
    """What a line of the log speaks of. A trigger knows only its own row: whose it is, is found out when stamping."""

    VENDOR = "vendor"
    MODALITY = "modality"
    FAMILY = "family"
    PROVIDER = "provider"
    MODEL = "model"
    OFFERING = "offering"
    MODEL_PART = "model part"
    PROVIDER_PART = "provider part"
    PRICE = "price"
    EVENT = "event"
    SOURCE = "source"
    SOURCE_PART = "source part"
    LISTED = "listed"  # by the key of the model: the feed says nothing of it, but lists do
    MERGED = "merged"  # by the key of the duplicate: of what type that was, is not asked
    EVERYTHING = "everything"


def part_of(name: str) -> str:
    """The mark of a record of which nothing changed that others say of it: nobody else need be looked at."""
    return f"{name} part"


@dataclass(frozen=True)
class Captured:
    """A table: the columns that documents read, and the marks that a changed row leaves, each with its key's column."""

    model: type[models.Model]
    columns: tuple[str, ...]
    marks: tuple[tuple[Mark, str], ...]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def watched(self) -> tuple[str, ...]:
        """All columns whose change leaves marks: the primary key, where the row belongs, and what is read."""
        return tuple(dict.fromkeys(["id", *(column for _, column in self.marks), *self.columns]))


RECORD = ("slug", "name", "state", "deleted_at")
EVENT = ("kind", "date", "bound", "replaced_by_id", "replacement_name", "note")
SUBJECTS = (
    (Mark.MODEL_PART, "model_id"),
    (Mark.PROVIDER_PART, "provider_id"),
    (Mark.OFFERING, "offering_id"),
    (Mark.PRICE, "price_id"),
    (Mark.EVENT, "event_id"),
)


def of_model(model, *columns: str, by: str = "model_id") -> Captured:
    return Captured(model, columns, ((Mark.MODEL_PART, by),))


CAPTURED = (
    Captured(Vendor, (*RECORD, "website", "country", "description"), ((Mark.VENDOR, "id"),)),
    Captured(Modality, (*RECORD, "code", "description"), ((Mark.MODALITY, "id"),)),
    Captured(Family, (*RECORD, "vendor_id", "summary", "body"), ((Mark.FAMILY, "id"),)),
    Captured(
        Provider,
        (*RECORD, "summary", "website", "api_base", "docs_url", "terms_url", "status_url"),
        ((Mark.PROVIDER, "id"),),
    ),
    Captured(
        AIModel,
        (
            *(*RECORD, "public_id", "first_published_at", "family_id", "existence", "notice", "summary", "body"),
            *(fact.name for fact in MODEL_FACTS if fact.is_value),
            *("replaced_by_id", "use_for", "avoid_for", "reviewed_on", "checked_on"),
        ),
        ((Mark.MODEL, "id"),),
    ),
    of_model(ModelVendor, "tag_id", by="content_object_id"),
    of_model(ModelInputModality, "tag_id", by="content_object_id"),
    of_model(ModelOutputModality, "tag_id", by="content_object_id"),
    of_model(Alias, "text", "kind"),
    of_model(
        BenchmarkResult,
        *("name", "score", "metric", "version", "dataset", "variant", "harness", "source_url", "measured_on"),
    ),
    of_model(Weights, "label", "url", "format", "quantisation"),
    Captured(LifecycleEvent, EVENT, ((Mark.MODEL_PART, "model_id"), (Mark.OFFERING, "offering_id"))),
    Captured(
        Offering,
        (
            *("provider_id", "model_id", "api_id", "name", "inherits", "not_inherited", "listing"),
            *(fact.name for fact in OFFERING_FACTS),
            *("note", "checked_on"),
        ),
        ((Mark.OFFERING, "id"), (Mark.LISTED, "model_id")),
    ),
    Captured(Price, TERMS, ((Mark.OFFERING, "offering_id"),)),
    Captured(Evidence, ("fact", "confidence", "is_checked", "note"), (*SUBJECTS, (Mark.SOURCE_PART, "source_id"))),
    Captured(Source, ("title", "url", "publisher", "read_on", "note", "licence"), ((Mark.SOURCE, "id"),)),
    Captured(MergedRecord, ("record_type_id", "into_id"), ((Mark.MERGED, "record_id"),)),
)


@cache
def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of the table of `model` that documents may read: no others, or changes would be missed."""
    return next(captured.watched for captured in CAPTURED if captured.model is model)

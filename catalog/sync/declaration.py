"""The tables and columns that documents read, and the record to which each row belongs.

This is the single list: triggers watch these columns, and documents are composed of them.
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

# Records are numbered in this order: those that others refer to come first. Sources come last, because whether they are
# public depends on the records that cite them.
TYPES: dict[str, type[models.Model]] = {
    "vendor": Vendor,
    "modality": Modality,
    "family": Family,
    "provider": Provider,
    "model": AIModel,
    "offering": Offering,
    "source": Source,
}


class ChangeKind(StrEnum):
    """The kind of a mark. A trigger knows only its own row; the records that it affects are found when stamping."""

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
    LISTED = "listed"  # key of a model whose rows in lists must be updated, but not its document
    MERGED = "merged"  # key of a duplicate; its type is not stored
    EVERYTHING = "everything"


def part_of(name: str) -> str:
    """Return the mark for a change that does not affect documents of other records."""
    return f"{name} part"


@dataclass(frozen=True)
class CapturedTable:
    """A table, the columns that documents read, and the marks for a changed row, each with the column of its key."""

    model: type[models.Model]
    columns: tuple[str, ...]
    marks: tuple[tuple[ChangeKind, str], ...]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def watched_columns(self) -> tuple[str, ...]:
        """Return the columns whose change leaves marks: primary key, keys of the marks, and document columns."""
        return tuple(dict.fromkeys(["id", *(column for _, column in self.marks), *self.columns]))


RECORD = ("slug", "name", "state", "deleted_at")
EVENT = ("kind", "date", "bound", "replaced_by_id", "replacement_name", "note")
SUBJECTS = (
    (ChangeKind.MODEL_PART, "model_id"),
    (ChangeKind.PROVIDER_PART, "provider_id"),
    (ChangeKind.OFFERING, "offering_id"),
    (ChangeKind.PRICE, "price_id"),
    (ChangeKind.EVENT, "event_id"),
)


def of_model(model, *columns: str, by: str = "model_id") -> CapturedTable:
    return CapturedTable(model, columns, ((ChangeKind.MODEL_PART, by),))


CAPTURED = (
    CapturedTable(Vendor, (*RECORD, "website", "country", "description"), ((ChangeKind.VENDOR, "id"),)),
    CapturedTable(Modality, (*RECORD, "code", "description"), ((ChangeKind.MODALITY, "id"),)),
    CapturedTable(Family, (*RECORD, "vendor_id", "summary", "body"), ((ChangeKind.FAMILY, "id"),)),
    CapturedTable(
        Provider,
        (*RECORD, "summary", "website", "api_base", "docs_url", "terms_url", "status_url"),
        ((ChangeKind.PROVIDER, "id"),),
    ),
    CapturedTable(
        AIModel,
        (
            *(*RECORD, "public_id", "first_published_at", "family_id", "existence", "notice", "summary", "body"),
            *(fact.name for fact in MODEL_FACTS if fact.is_value),
            *("replaced_by_id", "use_for", "avoid_for", "reviewed_on", "checked_on"),
        ),
        ((ChangeKind.MODEL, "id"),),
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
    CapturedTable(LifecycleEvent, EVENT, ((ChangeKind.MODEL_PART, "model_id"), (ChangeKind.OFFERING, "offering_id"))),
    CapturedTable(
        Offering,
        (
            *("provider_id", "model_id", "api_id", "name", "inherits", "not_inherited", "listing"),
            *(fact.name for fact in OFFERING_FACTS),
            *("note", "checked_on"),
        ),
        ((ChangeKind.OFFERING, "id"), (ChangeKind.LISTED, "model_id")),
    ),
    CapturedTable(Price, TERMS, ((ChangeKind.OFFERING, "offering_id"),)),
    CapturedTable(
        Evidence, ("fact", "confidence", "is_checked", "note"), (*SUBJECTS, (ChangeKind.SOURCE_PART, "source_id"))
    ),
    CapturedTable(Source, ("title", "url", "publisher", "read_on", "note", "licence"), ((ChangeKind.SOURCE, "id"),)),
    CapturedTable(MergedRecord, ("record_type_id", "into_id"), ((ChangeKind.MERGED, "record_id"),)),
)


@cache
def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns of `model` that documents may read. Changes of any others would be missed."""
    return next(captured.watched_columns for captured in CAPTURED if captured.model is model)

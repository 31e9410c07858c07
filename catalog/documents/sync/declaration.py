"""The tables that documents read, and the record to which each row belongs.

This is the single list: triggers watch these tables and their columns, and documents are composed of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.db.models import Model

from catalog import models

# Records are numbered in this order: those that others refer to come first. Sources come last, because whether they are
# public depends on the records that cite them.
TYPES: dict[str, type[Model]] = {
    "vendor": models.Vendor,
    "modality": models.Modality,
    "family": models.Family,
    "provider": models.Provider,
    "model": models.AIModel,
    "offering": models.Offering,
    "source": models.Source,
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
    """A table, the marks for a changed row, each with the column of its key, and the columns that no document reads."""

    model: type[Model]
    marks: dict[ChangeKind, str]
    unread: frozenset[str] = frozenset()

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def watched_columns(self) -> tuple[str, ...]:
        """Return the columns whose change leaves marks, and no others may be read by documents."""
        unread = self.unread | {"last_changed_at"}
        return tuple(str(field.column) for field in self.model._meta.concrete_fields if field.column not in unread)


OF_MODEL, TAG_OF_MODEL = {ChangeKind.MODEL_PART: "model_id"}, {ChangeKind.MODEL_PART: "content_object_id"}
PUBLISHED = frozenset({"first_published_at"})
CAPTURED = (
    CapturedTable(models.Vendor, {ChangeKind.VENDOR: "id"}, PUBLISHED | {"logo_id"}),
    CapturedTable(models.Modality, {ChangeKind.MODALITY: "id"}, PUBLISHED),
    CapturedTable(models.Family, {ChangeKind.FAMILY: "id"}, PUBLISHED),
    CapturedTable(models.Provider, {ChangeKind.PROVIDER: "id"}, PUBLISHED),
    CapturedTable(models.AIModel, {ChangeKind.MODEL: "id"}, frozenset({"reviewed_by_id", "proposal"})),
    *(
        CapturedTable(model, TAG_OF_MODEL)
        for model in (models.ModelVendor, models.ModelInputModality, models.ModelOutputModality)
    ),
    *(CapturedTable(model, OF_MODEL) for model in (models.Alias, models.BenchmarkResult, models.Weights)),
    CapturedTable(models.LifecycleEvent, OF_MODEL | {ChangeKind.OFFERING: "offering_id"}),
    CapturedTable(models.Offering, {ChangeKind.OFFERING: "id", ChangeKind.LISTED: "model_id"}),
    CapturedTable(models.Price, {ChangeKind.OFFERING: "offering_id"}),
    CapturedTable(
        models.Evidence,
        {
            ChangeKind.MODEL_PART: "model_id",
            ChangeKind.PROVIDER_PART: "provider_id",
            ChangeKind.OFFERING: "offering_id",
            ChangeKind.PRICE: "price_id",
            ChangeKind.EVENT: "event_id",
            ChangeKind.SOURCE_PART: "source_id",
        },
        frozenset({"checked_by_id"}),
    ),
    CapturedTable(models.Source, {ChangeKind.SOURCE: "id"}, frozenset({"feed"})),
    CapturedTable(
        models.MergedRecord, {ChangeKind.MERGED: "record_id"}, frozenset({"public_id", "name", "slug", "at", "by_id"})
    ),
)


@cache
def columns_of(model: type[Model]) -> tuple[str, ...]:
    """Return the columns of `model` that documents may read. Changes of any others would be missed."""
    return next(captured.watched_columns for captured in CAPTURED if captured.model is model)

"""Corners of the catalogue: a model with its own row in every table that documents read."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

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


@dataclass
class Corner:
    """`lone_…` are records without references to them; `lost` is a model to be deleted, `twin` one merged into this
    model.
    """

    vendor: Vendor
    lone_vendor: Vendor
    modality: Modality
    lone_modality: Modality
    family: Family
    lone_family: Family
    provider: Provider
    lone_provider: Provider
    source: Source
    model: AIModel
    lone_model: AIModel
    lost: AIModel
    twin: AIModel
    made_by: ModelVendor
    takes: ModelInputModality
    gives: ModelOutputModality
    alias: Alias
    benchmark: BenchmarkResult
    weights: Weights
    model_event: LifecycleEvent
    offering: Offering
    lone_offering: Offering
    offering_event: LifecycleEvent
    price: Price
    lone_price: Price
    model_evidence: Evidence
    price_evidence: Evidence
    event_evidence: Evidence
    merged: MergedRecord


@transaction.atomic
def make_corners(count: int) -> list[Corner]:
    """Create `count` corners in bulk. The records to be deleted still exist: see `lose`."""
    token, columns = uuid4().hex[:10], {}

    def make(name, model, row):
        """Create one row for each corner; `row` takes the earlier records by name, and a unique word."""
        before = [{key: rows[number] for key, rows in columns.items()} for number in range(count)]
        rows = [model(**row(before[number], f"{name} {token} {number}")) for number in range(count)]
        columns[name] = model.objects.bulk_create(rows)

    for name, model in {"vendor": Vendor, "modality": Modality, "family": Family, "provider": Provider}.items():
        make(name, model, lambda made, word: {"name": word})
        make(f"lone_{name}", model, lambda made, word: {"name": word})
    make("source", Source, lambda made, word: {"title": word, "read_on": date(2026, 11, 24)})
    make("model", AIModel, lambda made, word: {"name": word, "family": made["family"]})
    for name in ("lone_model", "lost", "twin"):
        make(name, AIModel, lambda made, word: {"name": word})
    for name, model, tag in (
        ("made_by", ModelVendor, "vendor"),
        ("takes", ModelInputModality, "modality"),
        ("gives", ModelOutputModality, "modality"),
    ):
        make(name, model, lambda made, word, tag=tag: {"content_object": made["model"], "tag": made[tag]})
    make("alias", Alias, lambda made, word: {"model": made["model"], "text": word})
    make("benchmark", BenchmarkResult, lambda made, word: {"model": made["model"], "name": word, "score": "71.5"})
    make("weights", Weights, lambda made, word: {"model": made["model"], "label": word, "url": "https://example.com/"})
    make("model_event", LifecycleEvent, lambda made, word: event(model=made["model"]))
    for name in ("offering", "lone_offering"):
        make(name, Offering, lambda made, word: {"model": made["model"], "provider": made["provider"], "api_id": word})
    make("offering_event", LifecycleEvent, lambda made, word: event(offering=made["offering"]))
    for name, meter in {"price": "input", "lone_price": "output"}.items():
        make(
            *(name, Price),
            lambda made, word, meter=meter: {"offering": made["offering"], "meter": meter, "amount": "1.5"},
        )
    make("model_evidence", Evidence, lambda made, word: {"source": made["source"], "model": made["model"]})
    make("price_evidence", Evidence, lambda made, word: {"source": made["source"], "price": made["price"]})
    make("event_evidence", Evidence, lambda made, word: {"source": made["source"], "event": made["model_event"]})
    of_models = ContentType.objects.get_for_model(AIModel)
    make("merged", MergedRecord, lambda made, word: merged(of_models, made["twin"], into=made["model"]))
    return [Corner(**{field.name: columns[field.name][number] for field in fields(Corner)}) for number in range(count)]


def event(**owner) -> dict:
    return {**owner, "kind": "released", "date": "2025-01"}


def merged(record_type, record, into) -> dict:
    values = {"public_id": record.public_id, "name": record.name, "slug": record.slug}
    return {"record_type": record_type, "record_id": record.pk, "into_id": into.pk, **values}


def lose(corners: list[Corner]):
    """Delete the records to be lost, which readers of the feed have seen by now."""
    AIModel.objects.filter(pk__in=[record.pk for corner in corners for record in (corner.lost, corner.twin)]).delete()

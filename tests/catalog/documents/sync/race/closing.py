"""The last write to each captured table, one of every operation, each to a corner that is not written again.

So a write that a missing trigger misses stays missed: later writes would hide it.
"""

from django.contrib.contenttypes.models import ContentType
from django.db import connection

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
from tests.catalog.documents.sync.race.corners import event, merged

CHANGES = {
    Vendor: ("vendor", lambda corner: {"website": "https://example.com/new"}),
    Modality: ("modality", lambda corner: {"description": "New."}),
    Family: ("family", lambda corner: {"summary": "New."}),
    Provider: ("provider", lambda corner: {"summary": "New."}),
    AIModel: ("model", lambda corner: {"summary": "New."}),
    ModelVendor: ("made_by", lambda corner: {"tag": corner.lone_vendor}),
    ModelInputModality: ("takes", lambda corner: {"tag": corner.lone_modality}),
    ModelOutputModality: ("gives", lambda corner: {"tag": corner.lone_modality}),
    Alias: ("alias", lambda corner: {"kind": "marketing"}),
    BenchmarkResult: ("benchmark", lambda corner: {"score": "72.25"}),
    Weights: ("weights", lambda corner: {"format": "GGUF"}),
    LifecycleEvent: ("offering_event", lambda corner: {"note": "New."}),
    Offering: ("offering", lambda corner: {"regions": "eu"}),
    Price: ("price", lambda corner: {"amount": "2.25"}),
    Evidence: ("price_evidence", lambda corner: {"note": "New."}),
    Source: ("source", lambda corner: {"publisher": "New"}),
    MergedRecord: ("merged", lambda corner: {"into_id": corner.lone_model.pk}),
}
INSERTS = {
    Vendor: lambda corner, word: Vendor(name=word),
    Modality: lambda corner, word: Modality(name=word),
    Family: lambda corner, word: Family(name=word),
    Provider: lambda corner, word: Provider(name=word),
    AIModel: lambda corner, word: AIModel(name=word),
    ModelVendor: lambda corner, word: ModelVendor(content_object=corner.model, tag=corner.lone_vendor),
    ModelInputModality: lambda corner, word: ModelInputModality(content_object=corner.model, tag=corner.lone_modality),
    ModelOutputModality: lambda corner, word: ModelOutputModality(
        content_object=corner.model, tag=corner.lone_modality
    ),
    Alias: lambda corner, word: Alias(model=corner.model, text=word),
    BenchmarkResult: lambda corner, word: BenchmarkResult(model=corner.model, name=word, score=1),
    Weights: lambda corner, word: Weights(model=corner.model, label=word, url="https://example.com/new"),
    LifecycleEvent: lambda corner, word: LifecycleEvent(**event(model=corner.model), note=word),
    Offering: lambda corner, word: Offering(model=corner.model, provider=corner.provider, api_id=word),
    Price: lambda corner, word: Price(offering=corner.offering, meter="image", amount=0),
    Evidence: lambda corner, word: Evidence(source=corner.source, provider=corner.provider),
    MergedRecord: lambda corner, word: MergedRecord(
        **merged(ContentType.objects.get_for_model(AIModel), corner.lost, into=corner.model)
    ),
}
DELETES = {
    Vendor: "lone_vendor",
    Modality: "lone_modality",
    Family: "lone_family",
    Provider: "lone_provider",
    AIModel: "lone_model",
    ModelVendor: "made_by",
    ModelInputModality: "takes",
    ModelOutputModality: "gives",
    Alias: "alias",
    BenchmarkResult: "benchmark",
    Weights: "weights",
    LifecycleEvent: "offering_event",
    Offering: "lone_offering",
    Price: "lone_price",
    Evidence: "event_evidence",
}
OPERATIONS = [
    *(("insert", model) for model in INSERTS),
    *(("update", model) for model in CHANGES),
    *(("delete", model) for model in DELETES),
]
# Partners see no effect of these alone: a source is read through its evidence, whose own row is written or deleted
# then; a merge is not undone.
UNSEEN = {("insert", Source), ("delete", Source), ("delete", MergedRecord)}
WRITTEN = {*CHANGES}
# Only tables that no other table refers to can be emptied alone.
EMPTIED = (ModelVendor, ModelInputModality, ModelOutputModality, Alias, BenchmarkResult, Weights, Evidence)


def write_last(operation: str, model, corner):
    """Run one statement that bypasses the models: only a trigger sees it."""
    rows = model._base_manager
    if operation == "insert":
        row = INSERTS[model](corner, f"New {corner.model.slug}")
        if hasattr(row, "prepare"):
            row.prepare()
        rows.bulk_create([row])
    elif operation == "update":
        changed, changes = CHANGES[model]
        rows.filter(pk=getattr(corner, changed).pk).update(**changes(corner))
    else:
        rows.filter(pk=getattr(corner, DELETES[model]).pk)._raw_delete(rows.db)


def empty(model):
    with connection.cursor() as cursor:
        cursor.execute(f'TRUNCATE "{model._meta.db_table}"')

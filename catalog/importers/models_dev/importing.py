"""The handlers for providers, models and offerings of models.dev."""

from catalog.importers.entries import SourceEntry
from catalog.importers.handler import Handler
from catalog.importers.models_dev.models import ModelHandler, id_of, slug_of
from catalog.importers.models_dev.offerings import OfferingHandler
from catalog.importers.models_dev.providers import ProviderHandler
from catalog.models import ImportedRecord, RecordKind
from catalog.rules.choices import ImportFeed


def handlers(entries: list[SourceEntry], **how) -> list[Handler]:
    """Return a handler for each kind of record, in order of dependency."""
    tables = [entry for entry in entries if isinstance(entry.data, dict)]
    models = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.MODEL}
    providers = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.PROVIDER}
    names = {key: data["name"] for key, data in providers.items() if isinstance(data.get("name"), str)}
    slugs = {slug_of(key) for key in models if id_of(key)}
    on_record = ImportedRecord.objects.filter(feed=ImportFeed.MODELS_DEV, kind=RecordKind.MODEL, gone_on=None)
    known = dict(on_record.values_list("key", "data"))
    how["to_be_linked"] = {}
    return [
        ProviderHandler(**how),
        ModelHandler(**how, slugs=slugs, labs=names),
        OfferingHandler(**how, keys=providers, models=known | models),
    ]

"""Export of the imported data in the shape of authored.json, including changes made by hand."""

from collections.abc import Iterator
from itertools import batched

from django.utils import timezone

from catalog.importers.handler import Handler
from catalog.importers.models_dev.models import ModelHandler
from catalog.importers.models_dev.offerings import OfferingHandler, split
from catalog.importers.models_dev.providers import ProviderHandler
from catalog.models import ImportedRecord, Source
from catalog.rules.choices import ImportFeed

BATCH = 500


def authored() -> dict:
    """Return the whole feed with our current values."""
    day = timezone.localdate()
    providers = {key: _provider(data) for key, data in records(ProviderHandler(day))}
    for key, data in records(OfferingHandler(day)):
        provider, api_id = split(key)
        providers[provider]["models"][api_id] = data
    return {"_source": _source(), "models": dict(records(ModelHandler(day))), "providers": providers}


def records(handler: Handler) -> Iterator[tuple[str, dict]]:
    """Yield key and data of the records that the feed still has and that are not deleted here, in the feed's order."""
    links = ImportedRecord.objects.filter(feed=handler.feed, kind=handler.kind, gone_on=None).order_by("pk")
    handler.prepare()
    for some in batched(links, BATCH):
        found = {record.pk: record for record in handler.records().filter(pk__in=[link.record_id for link in some])}
        handler.load(list(found.values()))
        for link in some:
            if link.record_id in found:
                yield link.key, handler.exported_data(found[link.record_id], link)


def _provider(data: dict) -> dict:
    links = {"symlinks": data.pop("symlinks")} if "symlinks" in data else {}
    return {"provider": data, "models": {}, **links}


def _source() -> dict:
    source = Source.objects.filter(feed=ImportFeed.MODELS_DEV).first()
    return {
        "repository": source.url if source else "",
        "commit_date": source.read_on.isoformat() if source else "",
        "contents": "Models of labs and offerings of providers as taken over from models.dev, with later corrections.",
    }

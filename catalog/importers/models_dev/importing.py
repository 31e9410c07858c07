"""The whole import: providers, models, offerings, then what the feed has no more."""

from datetime import date

from django.utils import timezone

from catalog.importers.models_dev.export import models as models_on_record
from catalog.importers.models_dev.models import ModelHandler, id_of, slug_of
from catalog.importers.models_dev.offerings import OfferingHandler
from catalog.importers.models_dev.providers import ProviderHandler
from catalog.importers.models_dev.shapes import day_of, entries_of
from catalog.importers.running import Mode, running, source_of
from catalog.models import ImportRun, RecordKind
from catalog.rules.choices import Feed


def import_models_dev(data, address: str, mode: Mode, say, user=None) -> ImportRun:
    """Take over what is new or changed; return the run with its report. Raises UnreadableError for another file."""
    entries = entries_of(data)
    day = day_of(data) or timezone.localdate()
    with running(Feed.MODELS_DEV, address, day, mode, say, user) as work:
        storable = work.storable(entries)
        work.make_handlers = lambda: handlers(storable, day, work.run, writes=True)
        for handler in handlers(storable, day, work.run, writes=mode.writes):
            work.go(handler, [entry for entry in storable if entry.kind == handler.kind])
        work.note_gone(entries, day)
    return work.run


def handlers(entries, day: date, run: ImportRun, writes: bool) -> list:
    """Return what takes over each kind of record, in the order in which one needs the other."""
    source = source_of(Feed.MODELS_DEV, day) if writes else None
    tables = [entry for entry in entries if isinstance(entry.data, dict)]
    models = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.MODEL}
    providers = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.PROVIDER}
    names = {key: data["name"] for key, data in providers.items() if isinstance(data.get("name"), str)}
    slugs = {slug_of(key) for key in models if id_of(key)}
    return [
        ProviderHandler(day, source, run),
        ModelHandler(day, source, run, slugs=slugs, labs=names),
        OfferingHandler(day, source, run, keys=providers, models=models_on_record() | models),
    ]

"""The whole import: providers, models, offerings, then what the feed has no more."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from catalog.changes import look_at, take_note
from catalog.importers.models_dev.export import models as models_on_record
from catalog.importers.models_dev.models import ModelHandler, id_of, slug_of
from catalog.importers.models_dev.offerings import OfferingHandler
from catalog.importers.models_dev.providers import ProviderHandler
from catalog.importers.models_dev.shapes import day_of, entries_of
from catalog.importers.ownership import histories
from catalog.importers.running import MOST_GONE, Mode, Work, missing_from, source_of, start, unlisted
from catalog.models import HeldRecord, ImportRun, Offering, RecordKind, RunState
from catalog.vocabulary import Feed


def import_models_dev(data, address: str, mode: Mode, say, user=None) -> ImportRun:
    """Take over what is new or changed; return the run with its report. Raises UnreadableError for another file."""
    entries = entries_of(data)
    day = day_of(data) or timezone.localdate()
    run = start(Feed.MODELS_DEV, address, day, user)
    try:
        work = Work(run, mode, say)
        for handler in handlers(entries, day, run, writes=mode.writes):
            work.go(handler, [entry for entry in entries if entry.kind == handler.kind])
        _note_gone(work, entries, day)
    except Exception:
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, finished_at=timezone.now())
        raise
    return work.end()


def handlers(entries, day: date, run: ImportRun, writes: bool) -> list:
    """Return what takes over each kind of record, in the order in which one needs the other."""
    source = source_of(Feed.MODELS_DEV, day) if writes else None
    tables = [entry for entry in entries if isinstance(entry.data, dict)]
    models = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.MODEL}
    providers = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.PROVIDER}
    names = {key: data["name"] for key, data in providers.items() if data.get("name")}
    slugs = {slug_of(key) for key in models if id_of(key)}
    return [
        ProviderHandler(day, source, run),
        ModelHandler(day, source, run, slugs=slugs, labs=names),
        OfferingHandler(day, source, run, keys=providers, models=models or models_on_record()),
    ]


def _note_gone(work: Work, entries, day):
    """What the feed has no more stays on record, as listed no more. Much at once is not believed."""
    missing, known = missing_from(Feed.MODELS_DEV, entries)
    if len(missing) > MOST_GONE * known:
        reason = f"{len(missing):,} of {known:,} known records are not in it: they stay as they are"
        work.tell("partial", "", reason)
        return
    for link in missing:
        work.tell("gone", link.key, "the feed has it no more")
        work.counts[link.kind]["gone"] += 1
        if work.mode.holds:
            HeldRecord.objects.create(run=work.run, kind=link.kind, key=link.key, data=None)
        elif work.mode.writes:
            with transaction.atomic():
                end(link, day, work.run)


def end(link, day, run, user=None):
    """Note that the feed has a record no more; and that its provider does not, unless somebody said otherwise."""
    link.gone_on = day
    link.save(update_fields=["gone_on"])
    if link.kind != RecordKind.OFFERING or "listing" in histories(Offering, [link.record_id])[link.record_id].held:
        return
    before = look_at(Offering, [link.record_id])
    offering = Offering.objects.filter(pk=link.record_id).first()
    if offering is not None and unlisted(offering):
        take_note(Offering, before, look_at(Offering, before), run=run)

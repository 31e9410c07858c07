"""Applying what an import held for review."""

from itertools import batched

from django.db import transaction
from django.utils import timezone

from catalog.importers.entries import Entry
from catalog.importers.feeds import handlers
from catalog.importers.gone import end
from catalog.importers.impact import cited_models, impact_of, told
from catalog.importers.running import BATCH
from catalog.models import AIModel, HeldRecord, ImportedRecord, ImportRun, RunState
from publishing.staleness import Impact, Passage


def apply_held(run: ImportRun, records, user) -> tuple[int, int]:
    """Apply these held records of a run (a queryset); return how many were written, and how many could not be.

    Each is compared anew, so that what was changed by hand meanwhile stays. Why one was not written stands with it.
    """
    impact = Impact(AIModel)
    pending = _pending(run, records)
    entries = {record.pk: _entry(record) for record in pending if record.data is not None}
    written = failed = 0
    for handler in handlers(run, list(entries.values())) if entries else ():
        of_kind = [record for record in pending if record.kind == handler.kind and record.pk in entries]
        for some in batched(of_kind, BATCH):
            problems = _apply(handler, {entries[record.pk]: record for record in some}, user)
            failed += problems
            written += len(some) - problems
    for record in pending:
        if record.data is None:
            _end(record, run, user)
            written += 1
    if not run.held.filter(applied_at=None).exists():
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.DONE)
    _report(run, impact.passages())
    return written, failed


def impact_of_held(run: ImportRun) -> list[Passage]:
    """Return the sentences of texts on which applying all that `run` holds would bear."""
    pending = _pending(run, run.held)
    entries = [_entry(record) for record in pending if record.data is not None]
    cited = cited_models()
    concerned = [
        plan.entry
        for handler in handlers(run, entries, writes=False)
        for some in batched([entry for entry in entries if entry.kind == handler.kind], BATCH)
        for plan in handler.plan(list(some))
        if handler.concerns(plan, cited)
    ]
    keys = {(record.kind, record.key) for record in pending if record.data is None}
    links = ImportedRecord.objects.filter(feed=run.feed, key__in=[key for _, key in keys]) if keys else ()
    gone = [link for link in links if (link.kind, link.key) in keys]
    return impact_of(run, lambda: handlers(run, entries), concerned, gone, cited)


def _report(run: ImportRun, passages: list[Passage]):
    """Say in the run's report what its changes did to texts, before what they would do, of what waits still."""
    lines = told(passages, is_done=True)
    if lines:
        with transaction.atomic():
            stored = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            stored.report = lines + stored.report
            stored.save(update_fields=["report"])


def _pending(run: ImportRun, records) -> list[HeldRecord]:
    return list(records.filter(run=run, applied_at=None).order_by("pk"))


def still_waiting(records: dict[int, HeldRecord]) -> set[int]:
    """Lock these held records; return the keys of those that nobody has applied meanwhile."""
    rows = HeldRecord.objects.select_for_update(of=("self",)).filter(pk__in=records, applied_at=None)
    return set(rows.values_list("pk", flat=True))


def _entry(record: HeldRecord) -> Entry:
    return Entry(record.kind, record.key, **record.data)


@transaction.atomic
def _apply(handler, records: dict[Entry, HeldRecord], user) -> int:
    ImportRun.objects.filter(pk=handler.run.pk).update(applying_at=timezone.now())
    waiting = still_waiting({record.pk: record for record in records.values()})
    records = {entry: record for entry, record in records.items() if record.pk in waiting}
    plans = handler.plan(list(records))
    handler.apply(plans)
    for plan in plans:
        record = records[plan.entry]
        record.problem = plan.problem[:500]
        if not plan.problem:
            record.applied_at, record.applied_by = timezone.now(), user
    HeldRecord.objects.bulk_update(records.values(), ["problem", "applied_at", "applied_by"])
    return sum(bool(plan.problem) for plan in plans)


def _end(record: HeldRecord, run: ImportRun, user):
    with transaction.atomic():
        if not still_waiting({record.pk: record}):
            return
        link = ImportedRecord.objects.filter(feed=run.feed, kind=record.kind, key=record.key).first()
        if link is not None:
            end(link, run.data_on, run)
        record.applied_at, record.applied_by = timezone.now(), user
        record.save(update_fields=["applied_at", "applied_by"])

"""Apply records that an import held for review: a few in the request, a whole run in the background worker."""

from datetime import timedelta
from time import monotonic

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks import task
from django.utils import timezone

from catalog.documents.sync.keeping import stamping_at_end
from catalog.importers.binding import match_again
from catalog.importers.entries import SourceEntry, batches
from catalog.importers.feeds import handlers, source_of
from catalog.importers.handler import difference
from catalog.importers.known_providers import fill_in_after_import
from catalog.importers.running import impact_lines
from catalog.models import AIModel, HeldRecord, ImportRun, RunState
from ops.db.lock_timeout import let_others_write
from ops.jobs.claims import lapsed
from publishing.content.permissions import AnyUser
from publishing.quality.staleness import Impact

PATIENCE = timedelta(minutes=10)


def apply_held(
    run: ImportRun, records: QuerySet[HeldRecord], user: AnyUser | None, holds: bool | None = None
) -> tuple[int, int]:
    """Apply these held records; return the numbers of written and failed ones. A failure is stored with its record.

    Each record is compared again, so that later changes by hand are not overwritten. What a rule held stays in the list
    unless the user accepts it: once, so that it `holds` like a value set by hand, or else (False) always.
    """
    impact, entries = Impact(AIModel), _entries(run, records)
    is_queued = run.state == RunState.APPLYING
    written = failed = 0
    since = monotonic()
    with stamping_at_end():
        for handler, batch in batches(handlers(run, list(entries)), entries):
            problems = _apply(handler, {entry: entries[entry] for entry in batch}, user, holds)
            since = let_others_write(since)
            failed += problems
            written += len(batch) - problems
            if is_queued and not ImportRun.objects.filter(pk=run.pk, state=RunState.APPLYING).exists():
                break  # a user has stopped it; the rest stays held
        if written or is_queued:  # a worker that was killed may have written all
            match_again(run, source_of(run))
        fill_in_after_import()
    run.settle()
    if lines := impact_lines(impact.passages(), is_done=True):
        with transaction.atomic():
            # Before the predicted effects of what is still held.
            stored = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            stored.report = lines + stored.report
            stored.save(update_fields=["report"])
    return written, failed


def _entries(run: ImportRun, records) -> dict[SourceEntry, HeldRecord]:
    """Return the held records that are not applied yet, in order, by entry."""
    gone = {"data": None, "is_gone": True}
    pending = records.filter(run=run, applied_at=None).order_by("pk")
    return {SourceEntry(row.kind, row.key, **({"place": row.key} | (row.data or gone))): row for row in pending}


@transaction.atomic
def _apply(handler, records: dict[SourceEntry, HeldRecord], user, holds: bool | None) -> int:
    ImportRun.objects.filter(pk=handler.run.pk).update(applying_at=timezone.now())
    pks = [record.pk for record in records.values()]
    rows = HeldRecord.objects.select_for_update(of=("self",)).filter(pk__in=pks, applied_at=None)
    waiting = set(rows.values_list("pk", flat=True))  # skips records that were applied in the meantime
    records = {entry: record for entry, record in records.items() if record.pk in waiting}
    plans = handler.plan(list(records))
    handler.apply(plans)
    if holds is not None:
        handler.accepted = {record.key: record.differences for record in records.values()}
        handler.logged_as = {"run": handler.run, "user": user, "holds": holds}
        plans = handler.plan(list(records))
        handler.apply(plans)
    for plan in plans:
        record = records[plan.entry]
        record.problem, left = plan.problem[:500], [difference(plan, *unapplied) for unapplied in plan.held]
        if left:
            record.differences = left
        elif not plan.problem:
            record.applied_at, record.applied_by = timezone.now(), user
    HeldRecord.objects.bulk_update(records.values(), ["problem", "differences", "applied_at", "applied_by"])
    return sum(bool(plan.problem) for plan in plans)


# In the worker, because thousands of records take too long for a request ----------------------------


def has_news(run: ImportRun) -> bool:
    """Return whether applying all would write anything: differences that a rule holds are decided one by one."""
    waiting = run.held.filter(applied_at=None).values_list("differences", flat=True)
    return any(not changes or any("rule" not in change for change in changes) for changes in waiting.iterator())


def ask_to_apply(run: ImportRun, user: AnyUser) -> bool:
    """Queue applying all held records of `run`; return False if it is queued already or there is nothing to write."""
    if not has_news(run):
        return False
    with transaction.atomic():
        claim = {"state": RunState.APPLYING, "applied_by": user, "applying_at": timezone.now()}
        if not ImportRun.objects.filter(pk=run.pk, state=RunState.HELD).update(**claim):
            return False
        apply_all_held.enqueue(run.pk)
    return True


def resume_applying() -> int:
    """Queue runs again whose worker was killed; return their number."""
    silent = lapsed("applying_at", PATIENCE) | Q(applying_at=None)
    with transaction.atomic():
        runs = ImportRun.objects.select_for_update(of=("self",)).filter(silent, state=RunState.APPLYING)
        pks = list(runs.values_list("pk", flat=True))
        ImportRun.objects.filter(pk__in=pks).update(applying_at=timezone.now())
        for pk in pks:
            apply_all_held.enqueue(pk)
    return len(pks)


@task
def apply_all_held(pk: int):
    run = ImportRun.objects.filter(pk=pk, state=RunState.APPLYING).first()
    if run is None:
        return
    user = get_user_model().objects.filter(pk=run.applied_by_id).first()
    try:
        # Failed records are tried again once.
        apply_held(run, run.held.all(), user)
    finally:
        # Also after an exception, which the task's own row records: the rest can be applied again.
        run.settle()

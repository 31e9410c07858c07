"""Applying all that an import holds, by the worker: thousands of records are no matter for a request."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from catalog.feed.stamping import stamp
from catalog.importers.held import apply_held
from catalog.models import ImportRun, RunState

PATIENCE = timedelta(minutes=10)


def ask_to_apply(run: ImportRun, user) -> bool:
    """Hand all that `run` holds to the worker; False where somebody has done so, or nothing is held."""
    with transaction.atomic():
        claim = {"state": RunState.APPLYING, "applied_by": user, "applying_at": timezone.now()}
        if not ImportRun.objects.filter(pk=run.pk, state=RunState.HELD).update(**claim):
            return False
        apply_all_held.enqueue(run.pk)
    return True


def resume_applying() -> int:
    """Queue again what a worker that was killed has left; return how many runs that were."""
    silent = Q(applying_at__lt=timezone.now() - PATIENCE) | Q(applying_at=None)
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
        # What could not be written before is tried again, once.
        apply_held(run, run.held.all(), user)
        stamp()
    finally:
        # Also after a fault, which the task's own row tells: what is left can be applied again.
        run.settle()

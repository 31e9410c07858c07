"""Regular jobs, which the worker runs when they are due."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from ops.jobs.claims import lapsed
from ops.models import DueJob

logger = logging.getLogger(__name__)
PATIENCE = timedelta(hours=1)  # longer than any task runs
MOST_ATTEMPTS = 3  # a task that kills its worker must not do so forever


@dataclass(frozen=True)
class Job:
    name: str
    interval: timedelta
    run: Callable[[], None]


jobs: dict[str, Job] = {}


def register_job[F: Callable](**interval: float) -> Callable[[F], F]:
    """Register a job in a module `jobs`: `@register_job(hours=1)`. It may run twice: a killed job is run again."""

    def register(function):
        name = f"{function.__module__}.{function.__name__}"
        jobs[name] = Job(name, timedelta(**interval), function)
        return function

    return register


def run_due_jobs() -> list[str]:
    """Run every due job that no other process has claimed; return the names of those that failed."""
    return [job.name for job in jobs.values() if _claim(job) and not _run(job)]


def ask_to_run(name: str) -> bool:
    """Make the job `name` due if its last run failed; return whether that is so."""
    failed = DueJob.objects.filter(name=name).exclude(error="")
    return bool(failed.update(error="", claimed_at=datetime(1970, 1, 1, tzinfo=UTC)))


def _claim(job: Job) -> bool:
    """Claim the job for this process: if several try at once, the database lets only one succeed."""
    now = timezone.now()
    row, is_new = DueJob.objects.get_or_create(name=job.name, defaults={"claimed_at": now})
    if is_new:
        return True
    free = DueJob.objects.filter(lapsed("claimed_at", job.interval), pk=row.pk, claimed_at=row.claimed_at)
    is_claimed = free.update(claimed_at=now) == 1
    if is_claimed and row.claimed_at > now:
        message = "The job %s was claimed at %s, in the future: the clock of a machine was wrong. It runs now."
        logger.warning(message, job.name, row.claimed_at.isoformat(timespec="seconds"))
    return is_claimed


def _run(job: Job) -> bool:
    error, begun = "", time.perf_counter()
    try:
        job.run()
    except Exception as problem:  # the failure of one job must not prevent the others
        logger.exception("The job %s failed.", job.name)
        error = f"{type(problem).__name__}: {problem}"[:500]
    outcome = {"finished_at": timezone.now(), "error": error, "seconds": time.perf_counter() - begun}
    DueJob.objects.filter(name=job.name).update(**outcome)
    return not error


@register_job(minutes=1)
def record_worker_heartbeat():
    """Do nothing: the start page, /readyz and /metrics check how recent this job's row is."""


HEARTBEAT = f"{__name__}.{record_worker_heartbeat.__name__}"  # the name of that row


@register_job(hours=24)
def clear_expired_sessions():
    call_command("clearsessions")


@register_job(hours=24)
def prune_task_results():
    call_command("prune_db_task_results", verbosity=0)


@register_job(minutes=10)
def retry_lost_tasks(own_id: str = "") -> None:
    """Queue again the tasks that started long ago, and those of `own_id`, a worker that runs none when it calls this.

    Their worker was killed or lost its database, or its clock was wrong. A task may therefore run twice.
    """
    now = timezone.now()
    results = cast(DBTaskResultQuerySet, DBTaskResult.objects.all())
    for task in results.running():
        if abs(now - task.started_at) > PATIENCE or own_id in task.worker_ids[-1:]:
            # Another worker may have done so a moment ago.
            same = results.running().filter(pk=task.pk, started_at=task.started_at)
            if len(task.worker_ids) < MOST_ATTEMPTS:
                same.update(status="READY", started_at=None)
                logger.warning("The task %s was not finished by its worker; it is run again.", task.task_path)
            elif same.update(status="FAILED", finished_at=now, traceback=f"{MOST_ATTEMPTS} workers did not finish it."):
                logger.error("The task %s is given up: %s workers did not finish it.", task.task_path, MOST_ATTEMPTS)

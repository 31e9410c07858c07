"""Regular jobs: what the worker runs when its time has come."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from publishing.backups import regular
from publishing.gaps import forget_misses
from publishing.lost_tasks import retry_lost
from publishing.models import Claim, CompiledText, DueJob, NameMention, Reference, SiteSettings
from publishing.picture_files import render_missing, sweep
from publishing.revisions.acts import apply_due_updates
from publishing.search.repair import follow_facts
from publishing.staleness import compare_due
from publishing.trash import empty_trash

SWEEP_SECONDS = COMPARE_SECONDS = 20  # of a minute, for names and claims in texts and for references

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    name: str
    interval: timedelta
    run: Callable[[], None]


jobs: dict[str, Job] = {}


def every(**interval):
    """Register a function without arguments as a job, in a module `due` of any app: `@every(hours=1)`.

    A job must bear being run twice: one that was killed is run again.
    """

    def register(function):
        name = f"{function.__module__}.{function.__name__}"
        jobs[name] = Job(name, timedelta(**interval), function)
        return function

    return register


def run_due() -> list[str]:
    """Run every job whose time has come and that nobody else has just begun; return the names of those that failed."""
    return [job.name for job in jobs.values() if _claim(job) and not _run(job)]


def _claim(job: Job) -> bool:
    """Take the job for this process: of several that try at once, the database lets one through."""
    now = timezone.now()
    row, is_new = DueJob.objects.get_or_create(name=job.name, defaults={"claimed_at": now})
    if is_new or row.claimed_at > now - job.interval:
        return is_new
    return DueJob.objects.filter(pk=row.pk, claimed_at=row.claimed_at).update(claimed_at=now) == 1


def _run(job: Job) -> bool:
    error = ""
    try:
        job.run()
    except Exception as problem:  # one job's fault must not keep the others from running
        logger.exception("The job %s failed.", job.name)
        error = f"{type(problem).__name__}: {problem}"[:500]
    DueJob.objects.filter(name=job.name).update(finished_at=timezone.now(), error=error)
    return not error


@every(minutes=1)
def note_that_the_worker_lives():
    """Nothing to do: that this job's row is fresh is what the start page and /readyz look at."""


@every(minutes=1)
def compare_references():
    """With what is known now of the records that they mention."""
    compare_due(COMPARE_SECONDS)


@every(hours=24)
def compare_all_references():
    """Covers writes past the models, as by another program."""
    Reference.objects.update(compare_at=timezone.now())


@every(hours=24)
def clear_expired_sessions():
    call_command("clearsessions")


@every(hours=24)
def prune_task_results():
    call_command("prune_db_task_results", verbosity=0)


@every(minutes=1)
def find_names_in_texts():
    """What texts say under names that are new since they were written; some seconds at a time, until it is done."""
    NameMention.objects.catch_up(SWEEP_SECONDS)


@every(minutes=1)
def search_texts_for_claims():
    """By patterns that are new or were changed; some seconds at a time, until it is done."""
    Claim.objects.catch_up(SWEEP_SECONDS)


every(minutes=1)(apply_due_updates)  # a first publication needs no job, since it follows from its date
every(minutes=10)(regular.begin_when_due)  # in a process of its own, for which no other job waits
every(minutes=1)(SiteSettings.objects.store_menus)  # covers writes by other programs
every(minutes=10)(retry_lost)
every(hours=1)(empty_trash)
every(hours=1)(render_missing)
every(hours=1)(CompiledText.objects.follow)
every(hours=1)(follow_facts)  # texts are searched by the values of the day on which this ran last
every(hours=24)(sweep)
every(hours=24)(forget_misses)

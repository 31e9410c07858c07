"""Gauges read at the moment of the request; apps register theirs with `@reading` (catalog/integration/operations.py).

A gauge that cannot be read is left out, and `database_up` shows whether the database is the reason.
"""

import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import GaugeMetricFamily

from ops.backups import regular
from ops.db.size import database_bytes
from ops.jobs.claims import CLOCK_SKEW
from ops.jobs.scheduler import HEARTBEAT
from ops.models import DueJob
from ops.page_cache.content_version import content_version
from ops.page_cache.store import store

type Value = float | Mapping[str, float] | None


class Reading(NamedTuple):
    name: str
    help: str
    take: Callable[[], Value]
    label: str = ""


readings: list[Reading] = []


def reading[F: Callable](name: str, help: str, label: str = "") -> Callable[[F], F]:
    """Register a function without arguments that returns a number, or None if there is none.

    With `label` it returns a dict of numbers by the value of that label.
    """

    def register(function):
        readings.append(Reading(name, help, function, label))
        return function

    return register


class MetricCollector:
    """A prometheus_client collector of all gauges that can be read."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        is_up = True
        for name, help, take, label in readings:
            try:
                value = take() if is_up else None
            except (DatabaseError, InterfaceError):
                value, is_up = None, _answers()
            if isinstance(value, Mapping):
                gauge = GaugeMetricFamily(f"vitrine_{name}", help, labels=[label])
                for label_value, number in value.items():
                    gauge.add_metric([label_value], number)
                yield gauge
            elif value is not None:
                yield GaugeMetricFamily(f"vitrine_{name}", help, value)
        is_up = is_up and _answers()
        yield GaugeMetricFamily("vitrine_database_up", "Whether the database answers.", int(is_up))


def _answers() -> bool:
    try:
        connection.ensure_connection()
        return connection.is_usable()
    except (DatabaseError, InterfaceError):
        return False


def _tasks(status: str) -> int:
    return DBTaskResult.objects.filter(status=status).count()


def _seconds_since(job: str) -> float:
    """Return how long ago a job finished. Infinity if it never did, or in the future: then a clock is wrong."""
    finished_at = DueJob.objects.filter(name=job).values_list("finished_at", flat=True).first()
    if finished_at is None or finished_at > timezone.now() + CLOCK_SKEW:
        return math.inf
    return max(0.0, (timezone.now() - finished_at).total_seconds())


def _backup_age() -> float | None:
    return _seconds_since(regular.NAME) if settings.BACKUP_KEEP else None


def _backup_interval() -> float | None:
    return settings.BACKUP_HOURS * 3600 if settings.BACKUP_KEEP else None


def _failing_jobs() -> dict[str, float]:
    """Return 1 for each job that failed when it last ran, else 0."""
    return {name: float(bool(error)) for name, error in DueJob.objects.order_by("name").values_list("name", "error")}


def _job_seconds() -> dict[str, float]:
    return dict(DueJob.objects.exclude(seconds=None).order_by("name").values_list("name", "seconds"))


def _disk_usage(figure: str) -> dict[str, float]:
    """Return "free" or "total" bytes of the disks of both folders; without BACKUP_DIR before the first backup."""
    folders = {"data": settings.DATA_DIR, "backups": settings.BACKUP_DIR}
    return {name: getattr(shutil.disk_usage(path), figure) for name, path in folders.items() if path.exists()}


readings += [
    Reading("tasks_waiting", "Tasks that no worker has begun.", lambda: _tasks("READY")),
    Reading("tasks_running", "Tasks that a worker has begun and not ended.", lambda: _tasks("RUNNING")),
    Reading("tasks_failed", "Tasks that failed, of those whose results are kept still.", lambda: _tasks("FAILED")),
    Reading("worker_silent_seconds", "Since the worker last ran; +Inf: never.", lambda: _seconds_since(HEARTBEAT)),
    Reading("backup_age_seconds", "Since the last good backup was finished; +Inf: never.", _backup_age),
    Reading("backup_interval_seconds", "From one regular backup to the next.", _backup_interval),
    Reading("content_generation", "The content version, in nanoseconds when last raised.", content_version.current),
    Reading("page_cache_bytes", "Size of the pages cached in the process that was asked.", lambda: store.bytes),
    Reading("jobs_failing", "Regular jobs that failed when they ran last.", lambda: sum(_failing_jobs().values())),
    Reading("job_failing", "1 for each regular job that failed when it ran last, else 0.", _failing_jobs, "job"),
    Reading("job_seconds", "How long the last run of each regular job took.", _job_seconds, "job"),
    Reading("database_bytes", "Size of the database.", database_bytes),
    Reading("disk_free_bytes", "Free space on the disk of the folder.", lambda: _disk_usage("free"), "folder"),
    Reading("disk_bytes", "Size of the disk of the folder.", lambda: _disk_usage("total"), "folder"),
]

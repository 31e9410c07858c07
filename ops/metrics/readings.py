"""Gauges read at the moment of the request; apps register theirs with `@reading` (catalog/integration/operations.py).

A gauge that cannot be read is left out, and `database_up` shows whether the database is the reason.
"""

from collections.abc import Callable, Iterator

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import GaugeMetricFamily

from ops.backups import regular
from ops.jobs.scheduler import HEARTBEAT
from ops.models import DueJob
from ops.page_cache.content_version import content_version
from ops.page_cache.store import store

readings: list[tuple[str, str, Callable[[], float | None]]] = []  # name, help, and a function that reads the value


def reading[F: Callable](name: str, help: str) -> Callable[[F], F]:
    """Register a function without arguments that returns a number, or None if there is none."""

    def register(function):
        readings.append((name, help, function))
        return function

    return register


class MetricCollector:
    """A prometheus_client collector of all gauges that can be read."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        is_up = True
        for name, help, take in readings:
            try:
                value = take() if is_up else None
            except (DatabaseError, InterfaceError):
                value, is_up = None, _answers()
            if value is not None:
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


def _seconds_since(job: str) -> float | None:
    """Return how long ago a job finished; None if it never did."""
    last = DueJob.objects.filter(name=job, finished_at__isnull=False).first()
    return last and (timezone.now() - last.finished_at).total_seconds()


readings += [
    ("tasks_waiting", "Tasks that no worker has begun.", lambda: _tasks("READY")),
    ("tasks_running", "Tasks that a worker has begun and not ended.", lambda: _tasks("RUNNING")),
    ("tasks_failed", "Tasks that failed, of those whose results are kept still.", lambda: _tasks("FAILED")),
    ("worker_silent_seconds", "Since the worker last ran; over 300 is too long.", lambda: _seconds_since(HEARTBEAT)),
    ("backup_age_seconds", "Since the last good backup was finished.", lambda: _seconds_since(regular.NAME)),
    ("content_generation", "The content version, in nanoseconds when it was last raised.", content_version.current),
    ("page_cache_bytes", "Size of the pages cached in the process that was asked.", lambda: store.bytes),
    ("jobs_failing", "Regular jobs that failed when they ran last.", lambda: DueJob.objects.exclude(error="").count()),
]

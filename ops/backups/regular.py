"""The daily backup in a separate process; a row of `DueJob` has its last start, last success and any failure since."""

import logging
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince

from ops.backups.making import make_backup
from ops.jobs.claims import CLOCK_SKEW, lapsed, recent
from ops.jobs.scheduler import register_job
from ops.models import DueJob

NAME = "backup"
PAUSE = timedelta(hours=1)  # before the first backup, and after one that failed or was killed

logger = logging.getLogger(__name__)


@register_job(minutes=10)  # this only starts a process, so other jobs do not wait for the backup
def start_backup_if_due():
    """Start a backup if the last good one is old enough. Only one of several workers starts it."""
    now = timezone.now()
    if settings.BACKUP_KEEP and not DueJob.objects.get_or_create(name=NAME, defaults={"claimed_at": now})[1]:
        due = DueJob.objects.filter(lapsed("claimed_at", PAUSE), name=NAME)
        if due.exclude(recent("finished_at", timedelta(hours=settings.BACKUP_HOURS))).update(claimed_at=now):
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "backup", "--regular"]
            subprocess.Popen(command, stdin=subprocess.DEVNULL)


def make_scheduled_backup() -> Path:
    """Make a backup and record its outcome; return its path."""
    row, begun = DueJob.objects.filter(name=NAME), time.perf_counter()
    try:
        path = make_backup(is_regular=True)
    except Exception as problem:
        logger.error("There is no backup of today: %s", problem)
        row.update(error=str(problem)[:500])
        raise
    row.update(finished_at=timezone.now(), error="", seconds=time.perf_counter() - begun)
    return path


def problem_with_backups() -> str:
    """Return a sentence about what is wrong with the daily backups; "" if all is well or they are off."""
    row = DueJob.objects.filter(name=NAME).first() if settings.BACKUP_KEEP else None
    if row is None:
        return ""
    if row.error:
        return f"The last backup failed: {row.error}"
    since = row.finished_at or row.claimed_at
    if since > timezone.now() + CLOCK_SKEW:
        return f"The last backup is dated in the future, {since:%-d %B %Y}: the clock of a machine was wrong."
    is_late = timezone.now() - since > timedelta(hours=2 * settings.BACKUP_HOURS)
    return f"No backup was finished for {timesince(since)}." if is_late else ""

"""The backup of each day, which the worker begins in a process of its own, and what the desk says of it.

How it went stands in a row of `DueJob`, so that it is seen from every machine: when one was begun last, when one was
finished well, and what went wrong since.
"""

import logging
import subprocess
import sys
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timesince import timesince

from publishing.backups.making import make_backup
from publishing.backups.problems import BackupError
from publishing.models import DueJob

NAME = "backup"
# Before the first one, and after one that failed or was killed.
PAUSE = timedelta(hours=1)
# What a backup may take, and the worker be late, before somebody is told.
PATIENCE = timedelta(hours=6)

logger = logging.getLogger(__name__)


def begin_when_due() -> bool:
    """Begin a backup where the last good one is old enough; return whether one was begun. Waits for nothing."""
    if not settings.BACKUP_KEEP or not _claim():
        return False
    subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "backup", "--regular"], stdin=subprocess.DEVNULL
    )
    return True


def _claim() -> bool:
    """Take the turn: of several workers that ask, the database lets one through."""
    now = timezone.now()
    row = DueJob.objects.filter(name=NAME)
    if not row.exists():
        try:
            with transaction.atomic():
                DueJob.objects.create(name=NAME, claimed_at=now)
        except IntegrityError:
            return False
        return False
    due = row.filter(claimed_at__lte=now - PAUSE)
    due = due.exclude(finished_at__gt=now - timedelta(hours=settings.BACKUP_HOURS))
    return bool(due.update(claimed_at=now))


def make_regular(progress):
    """Make it, and note how that went. Raises BackupError after logging it."""
    try:
        path, _ = make_backup(progress, is_regular=True)
    except BackupError as problem:
        logger.error("There is no backup of today: %s", problem)
        DueJob.objects.filter(name=NAME).update(error=str(problem)[:500])
        raise
    now = timezone.now()
    DueJob.objects.update_or_create(
        name=NAME, defaults={"finished_at": now, "error": ""}, create_defaults={"claimed_at": now, "finished_at": now}
    )
    return path


def problem_with_backups() -> str:
    """Say in a sentence what is wrong with the regular backups; "" where all is well, or where they are off."""
    if not settings.BACKUP_KEEP:
        return ""
    row = DueJob.objects.filter(name=NAME).first()
    if row is None:
        return ""
    last = f"The last good one is {timesince(row.finished_at)} old." if row.finished_at else "There is no good one yet."
    if row.error:
        return f"The last backup failed: {row.error} {last}"
    since = row.finished_at or row.claimed_at
    allowed = timedelta(hours=settings.BACKUP_HOURS) if row.finished_at else PAUSE
    return f"No backup was finished in time. {last}" if timezone.now() - since > allowed + PATIENCE else ""

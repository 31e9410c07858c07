"""Queue tasks again whose worker was killed or lost its database. A task may therefore run twice."""

import logging
from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ops.jobs.scheduler import register_job

logger = logging.getLogger(__name__)
PATIENCE = timedelta(hours=1)  # longer than any task runs
MOST_ATTEMPTS = 3  # a task that kills its worker must not do so forever


@register_job(minutes=10)
def retry_lost_tasks(own_id: str = ""):
    """Queue again tasks that started long ago, and those of `own_id`, a worker that runs none when it calls this."""
    now = timezone.now()
    for task in DBTaskResult.objects.running():
        if task.started_at < now - PATIENCE or own_id in task.worker_ids[-1:]:
            # Another worker may have done so a moment ago.
            same = DBTaskResult.objects.running().filter(pk=task.pk, started_at=task.started_at)
            if len(task.worker_ids) < MOST_ATTEMPTS:
                same.update(status="READY", started_at=None)
                logger.warning("The task %s was not finished by its worker; it is run again.", task.task_path)
            elif same.update(status="FAILED", finished_at=now, traceback=f"{MOST_ATTEMPTS} workers did not finish it."):
                logger.error("The task %s is given up: %s workers did not finish it.", task.task_path, MOST_ATTEMPTS)

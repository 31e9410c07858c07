"""Tasks that a worker had begun when it was killed: another one takes them up again.

The row of a task says which worker has it, and nobody else looks at it. So each worker holds a lock on a file in
DATA_DIR, which ends with the process however that ends: it is known at once, and without a guess by the clock, who on
this machine is alive. Workers of other machines are none of its business: they have a DATA_DIR of their own.

So a task may run twice, the first time not to its end. Ours bear it; a new one has to.
"""

import fcntl
import logging
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 3  # a task that kills its worker is not to do so for ever


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "workers"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


@contextmanager
def known_as_alive(worker_id: str):
    """Within, other workers of this machine see that this one is at work."""
    path = folder() / worker_id
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def take_up(own_id: str) -> int:
    """Let be run again what dead workers of this machine had begun, and the one of `own_id`, which runs nothing when it
    asks; return how many tasks that are."""
    dead = {own_id, *(path.name for path in folder().iterdir() if path.name != own_id and _is_free(path))}
    count = 0
    for task in DBTaskResult.objects.running().order_by("started_at"):
        if task.worker_ids and task.worker_ids[-1] in dead:
            count += _put_back(task)
    for name in dead - {own_id}:  # only now: whoever is killed before has forgotten nobody
        (folder() / name).unlink(missing_ok=True)
    return count


def _put_back(task: DBTaskResult) -> int:
    """Return how many were put back: another worker may have done so a moment ago."""
    same = DBTaskResult.objects.running().filter(pk=task.pk, started_at=task.started_at)
    if len(task.worker_ids) >= MOST_ATTEMPTS:
        words = f"{MOST_ATTEMPTS} workers ended while they ran it."
        if same.update(status="FAILED", finished_at=timezone.now(), traceback=words):
            logger.error("The task %s is given up: %s", task.task_path, words)
        return 0
    found = same.update(status="READY", started_at=None)
    if found:
        logger.warning("The task %s was begun by a worker that has ended; it is run again.", task.task_path)
    return found


def _is_free(path: Path) -> bool:
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:  # its worker has ended in order just now
        return False
    return True

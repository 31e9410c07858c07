"""The background process of the site: it runs tasks, and every minute the regular jobs."""

import logging
import threading
import time
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django_tasks_db.management.commands import db_worker

from ops.http.outage import outage_of
from ops.jobs.scheduler import retry_lost_tasks, run_due_jobs
from ops.server.data_dir_lock import lock_shared

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 60
PAUSE_SECONDS = 2  # while the database is away


class Command(db_worker.Command):
    help = "Run queued tasks, and due jobs every minute."

    def handle(self, **options: Any) -> None:
        lock_shared()
        threading.Thread(target=run_due_jobs_forever, name="run_due_jobs", daemon=True).start()
        while True:
            try:
                close_old_connections()
                retry_lost_tasks(options["worker_id"])
                return super().handle(**options)
            except (DatabaseError, InterfaceError) as error:
                if outage_of(error) is None:
                    raise
                logger.exception("No tasks are run, since the database takes none; it is asked again.")
                time.sleep(PAUSE_SECONDS)


def run_due_jobs_forever():
    while True:
        close_old_connections()
        try:
            run_due_jobs()
        except Exception:  # a database that is unavailable for a while must not end the worker
            logger.exception("The regular jobs could not be run; they are tried again in a minute.")
        connection.close()
        time.sleep(INTERVAL_SECONDS)

"""The background process of the site: it runs tasks, and every minute the regular jobs."""

import logging
import os
import threading
import time

from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV
from django_tasks_db.management.commands import db_worker

from ops.http.outage import outage_of
from ops.jobs.scheduler import run_due_jobs
from ops.jobs.task_recovery import retry_lost_tasks
from ops.server.data_dir_lock import DataDirInUseError, lock_shared

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 60
PAUSE_SECONDS = 2  # while the database is away


class Command(db_worker.Command):
    help = "Run tasks as they are queued, and every minute what is due."

    def handle(self, **options):
        try:
            lock_shared()
        except DataDirInUseError as error:
            raise CommandError(str(error)) from error
        # With --reload this runs twice; the jobs belong in the child process that the reloader watches.
        is_watcher = options["reload"] and os.environ.get(DJANGO_AUTORELOAD_ENV) != "true"
        if not is_watcher:
            threading.Thread(target=run_due_jobs_forever, name="run_due_jobs", daemon=True).start()
        while self.stopped_without_database(**options):
            time.sleep(PAUSE_SECONDS)

    def stopped_without_database(self, **options) -> bool:
        """Run tasks until stopped; return True if the database became unavailable, after which the caller retries."""
        try:
            close_old_connections()
            retry_lost_tasks(options["worker_id"])
            super().handle(**options)
        except (DatabaseError, InterfaceError) as error:
            if outage_of(error) is None:
                raise
            logger.exception("No tasks are run, since the database takes none; it is asked again.")
            return True
        return False


def run_due_jobs_forever(stop: threading.Event | None = None):
    stop = stop or threading.Event()
    while True:
        close_old_connections()
        try:
            run_due_jobs()
        except Exception:  # a database that is unavailable for a while must not end the worker
            logger.exception("The regular jobs could not be run; they are tried again in a minute.")
        connection.close()
        if stop.wait(INTERVAL_SECONDS):
            return

"""The one process behind the site: it runs tasks, and every minute the regular jobs."""

import logging
import os
import threading

from django.db import close_old_connections, connection
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV
from django_tasks_db.management.commands import db_worker

from publishing.due import run_due

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 60


class Command(db_worker.Command):
    help = "Run tasks as they are queued, and every minute what is due."

    def handle(self, **options):
        # The reloader of development runs this twice; the jobs are for the process that it watches.
        is_watcher = options["reload"] and os.environ.get(DJANGO_AUTORELOAD_ENV) != "true"
        if not is_watcher:
            threading.Thread(target=keep_running_due, name="run_due", daemon=True).start()
        super().handle(**options)


def keep_running_due(stop: threading.Event | None = None):
    stop = stop or threading.Event()
    while True:
        close_old_connections()
        try:
            run_due()
        except Exception:  # a database that is away for a while must not end the worker
            logger.exception("The regular jobs could not be run; they are tried again in a minute.")
        connection.close()
        if stop.wait(INTERVAL_SECONDS):
            return

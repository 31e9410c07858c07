from django.core.management.base import BaseCommand, CommandError

from ops.jobs.scheduler import run_due_jobs
from ops.server.data_dir_lock import lock_shared


class Command(BaseCommand):
    help = "Run due jobs. Safe to call at any time and from several places at once."

    def handle(self, **options: object) -> None:
        lock_shared()
        if failed := run_due_jobs():
            raise CommandError(f"Failed, and logged: {', '.join(failed)}.")

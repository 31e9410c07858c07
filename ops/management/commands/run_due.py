from django.core.management.base import BaseCommand, CommandError

from ops.jobs.scheduler import run_due_jobs
from ops.server.data_dir_lock import DataDirInUseError, lock_shared


class Command(BaseCommand):
    help = "Run the regular jobs whose time has come. Safe to call at any time and from several places at once."

    def handle(self, **options):
        try:
            lock_shared()
        except DataDirInUseError as error:
            raise CommandError(str(error)) from error
        if failed := run_due_jobs():
            raise CommandError(f"Failed, and logged: {', '.join(failed)}.")

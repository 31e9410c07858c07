from django.core.management.base import BaseCommand, CommandError

from publishing.due import run_due


class Command(BaseCommand):
    help = "Run the regular jobs whose time has come. Safe to call at any time and from several places at once."

    def handle(self, **options):
        if failed := run_due():
            raise CommandError(f"Failed, and logged: {', '.join(failed)}.")

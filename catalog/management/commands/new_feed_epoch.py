from django.core.management.base import BaseCommand

from catalog.documents.sync.keeping import start_epoch


class Command(BaseCommand):
    help = "Invalidate all cursors of the partner feed, after a database was restored or copied. Partners start again."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"The feed's epoch is {start_epoch(self.stdout.write)} now.")

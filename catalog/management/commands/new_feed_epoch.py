from django.core.management.base import BaseCommand

from catalog.sync.keeping import start_epoch


class Command(BaseCommand):
    help = "Make all cursors of the partner feed void: after a database was restored or copied. Partners begin anew."

    def handle(self, *args, **options):
        self.stdout.write(f"The feed's epoch is {start_epoch()} now.")

from django.core.management.base import BaseCommand

from publishing.starter import load_starter


class Command(BaseCommand):
    help = "Load the starter content: what was never loaded before. What editors changed or deleted stays as it is."

    def handle(self, **options):
        total = load_starter(self.stdout.write)
        self.stdout.write(self.style.SUCCESS(f"{total} records loaded."))

from django.core.management.base import BaseCommand

from catalog.documents.sync.keeping import audit


class Command(BaseCommand):
    help = "Compare every document of the partner feed with the tables; what differs gets a number."

    def handle(self, *args: object, **options: object) -> None:
        changed, count = audit(self.stdout.write)
        self.stdout.write(f"{changed:,} documents differed. {count:,} are in the feed.")

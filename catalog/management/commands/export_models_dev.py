import json

from django.core.management.base import BaseCommand

from catalog.importers.models_dev.export import authored


class Command(BaseCommand):
    help = "Write what was taken over from models.dev, with what was changed here by hand, in its authored shape."

    def handle(self, **options):
        json.dump(authored(), self.stdout, ensure_ascii=False, separators=(",", ":"))
        self.stdout.write("")

from django.core.management.base import BaseCommand

from publishing.workflow.reindex import repair


class Command(BaseCommand):
    help = "Rebuild references between records and the search index. Can be interrupted and run again."

    def handle(self, **options: object) -> None:
        for sentence in repair():
            self.stdout.write(sentence)
        self.stdout.write(self.style.SUCCESS("Done."))

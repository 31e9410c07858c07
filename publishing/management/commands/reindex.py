from django.core.management.base import BaseCommand, CommandError

from publishing.workflow.reindex import repair


class Command(BaseCommand):
    help = "Make references between records, and search, anew from the records. Can be interrupted and run again."

    def handle(self, **options):
        try:
            for sentence in repair():
                self.stdout.write(sentence)
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. What was done is kept; run it again for the rest.", returncode=130
            ) from None
        self.stdout.write(self.style.SUCCESS("Done."))

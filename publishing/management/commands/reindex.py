from django.core.management.base import BaseCommand, CommandError

from publishing.workflow.reindex import repair


class Command(BaseCommand):
    help = "Rebuild references between records and the search index. Can be interrupted and run again."

    def handle(self, **options: object) -> None:
        try:
            for sentence in repair():
                self.stdout.write(sentence)
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. Finished work is kept; run the command again for the rest.", returncode=130
            ) from None
        self.stdout.write(self.style.SUCCESS("Done."))

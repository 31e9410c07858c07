from django.core.management.base import BaseCommand, CommandError

from publishing.models import Image
from publishing.picture_files import render_missing, sweep


class Command(BaseCommand):
    help = "Make missing smaller copies of pictures and delete files of no picture. Can be interrupted and run again."

    def handle(self, **options):
        failed = done = 0
        self.stdout.write(f"{Image.objects.count()} pictures in the table.")
        try:
            for image, problem in render_missing():
                done += not problem
                failed += bool(problem)
                self.stdout.write(f"{image.pk}, {image}: {problem or 'done'}")
            swept = sweep()
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. What was done is kept; run it again for the rest.", returncode=130
            ) from None
        self.stdout.write(f"{done} pictures rendered, {swept} files of no picture deleted.")
        if failed:
            raise CommandError(f"{failed} pictures could not be rendered; their pages show the file itself.")
        self.stdout.write(self.style.SUCCESS("Done."))

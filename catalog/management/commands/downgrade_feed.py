from django.core.management.base import BaseCommand

from catalog.models import FeedState


class Command(BaseCommand):
    help = (
        "Let an older version compose the documents of the catalogue, which it leaves to the newer one otherwise. Stop"
        " the newer version first, run this, and start the older one."
    )

    def handle(self, *args: object, **options: object) -> None:
        FeedState.objects.update(schema=0)
        self.stdout.write("The next version that starts composes the documents of the catalogue anew.")

from django.core.management.commands import dumpdata

from catalog.models import FeedEntry, FeedMark, FeedState


class Command(dumpdata.Command):
    """Django's, without the partner feed: loaded elsewhere, its epoch would let two servers take each other's cursors.

    What the feed holds follows from the rest.
    """

    def handle(self, *app_labels, **options):
        feed = [model._meta.label for model in (FeedState, FeedEntry, FeedMark)]
        super().handle(*app_labels, **{**options, "exclude": [*options["exclude"], *feed]})

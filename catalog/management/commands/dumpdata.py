from django.core.management.commands import dumpdata

from catalog.models import ListCount, ListedModel
from catalog.models.feed import FEED
from catalog.models.summaries import SUMMARIES


class Command(dumpdata.Command):
    """Django's, without the partner feed: loaded elsewhere, its epoch would let two servers take each other's cursors.

    What the feed, and lists, hold follows from the rest.
    """

    def handle(self, *app_labels, **options):
        feed = [model._meta.label for model in (*FEED, *SUMMARIES, ListedModel, ListCount)]
        super().handle(*app_labels, **{**options, "exclude": [*options["exclude"], *feed]})

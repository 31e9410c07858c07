from django.core.management.commands import dumpdata

from catalog.models.feed import FEED
from catalog.models.summaries import SUMMARIES
from publishing.rendering.compiled_text import CompiledText


class Command(dumpdata.Command):
    """Django's, without the partner feed: loaded elsewhere, its epoch would let two servers take each other's cursors.

    The feed, the rows of lists and compiled texts follow from the rest.
    """

    def handle(self, *app_labels, **options):
        derived = [model._meta.label for model in (*FEED, *SUMMARIES, CompiledText)]
        super().handle(*app_labels, **{**options, "exclude": [*options["exclude"], *derived]})

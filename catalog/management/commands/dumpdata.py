from django.core.management.commands import dumpdata

from catalog.models.feed import FEED
from catalog.models.summaries import SUMMARIES
from publishing.rendering.compiled_text import CompiledText


class Command(dumpdata.Command):
    """Django's dumpdata without derived tables: the partner feed, the rows of lists and compiled texts.

    If the feed's epoch were loaded elsewhere, two servers would accept each other's cursors.
    """

    def handle(self, *app_labels: str, **options) -> None:
        derived = [model._meta.label for model in (*FEED, *SUMMARIES, CompiledText)]
        super().handle(*app_labels, **{**options, "exclude": [*options["exclude"], *derived]})

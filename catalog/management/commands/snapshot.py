from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.importers.entries import UnreadableFeedError
from catalog.importers.feeds import day_of, read
from catalog.importers.feeds import entries_of as feed_of
from catalog.rules.choices import ImportFeed
from catalog.starter.listed import MAP
from catalog.starter.snapshot import of_map, renewed, written


class Command(BaseCommand):
    help = (
        "Renew the starter content's snapshot of models.dev from a file of it: api.json, or one with its models;"
        " or that of LiteLLM's map from the whole map."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("place", metavar="FILE|URL")
        parser.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="The day of the data.")

    def handle(self, place: str, day: date | None, **options: object) -> None:
        if not settings.CATALOG_SNAPSHOT:
            raise CommandError("CATALOG_SNAPSHOT is empty, so there is no file to renew.")
        path = Path(settings.CATALOG_SNAPSHOT)
        try:
            data = read(place)
            day = day or day_of(data, place)
            if feed_of(data)[0] == ImportFeed.LITELLM:
                MAP.write_text(of_map(data, read(str(path)), day), encoding="utf-8")
                self.stdout.write(f"{MAP.name} as of {day}.")
                return
            snapshot = renewed(data, read(str(path)) if path.is_file() else {}, day)
        except UnreadableFeedError as error:
            raise CommandError(str(error)) from error
        path.write_text(written(snapshot), encoding="utf-8")
        self.stdout.write(
            f"{path.name} as of {day}: {len(snapshot['models'])} models, {len(snapshot['providers'])} providers."
        )

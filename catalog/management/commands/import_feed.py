from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.importers.entries import UnreadableFeedError
from catalog.importers.feeds import read
from catalog.importers.running import import_feed
from catalog.models import RunState
from ops.progress import Progress

LINES_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Take over models, providers, offerings and prices from a file of models.dev, or prices and ends of service"
        " from LiteLLM's map. What an editor set by hand stays. Can be interrupted and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("place", metavar="FILE|URL", help="A file, or an address that starts with https://.")
        parser.add_argument(
            "--day",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="The day of the data. By default the file says it, or else when it was last modified.",
        )
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--dry-run", action="store_true", help="Dry run: only report what would change.")
        ways.add_argument("--hold", action="store_true", help="Only store the differences, to be applied in the admin.")

    def handle(self, place: str, dry_run: bool, hold: bool, day: date | None, **options: object) -> None:
        try:
            ends_as = RunState.TRIED if dry_run else RunState.HELD if hold else RunState.DONE
            progress = Progress(self.stdout.write, "Comparing", "entries", "Finding what else changes.")
            run = import_feed(read(place), place, ends_as, progress.reach, day)
        except UnreadableFeedError as error:
            raise CommandError(str(error)) from error
        for line in run.report[:LINES_SHOWN]:
            self.stdout.write(f"{line['what']}: {line['place']}: {line['reason']}")
        if len(run.report) > LINES_SHOWN:
            self.stdout.write(f"… and {len(run.report) - LINES_SHOWN:,} more: see the import in the admin.")
        for kind, counts in run.counts.items():
            self.stdout.write(f"{kind}: " + ", ".join(f"{count:,} {word}" for word, count in counts.items()))
        self.stdout.write(self.style.SUCCESS(f"{RunState(run.state).label}."))

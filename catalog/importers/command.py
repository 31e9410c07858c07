"""The shared base of all import commands."""

from django.core.management.base import BaseCommand, CommandError

from catalog.importers.entries import UnreadableFeedError
from catalog.importers.feeds import import_feed
from catalog.importers.reading import read
from catalog.models import RunState
from catalog.rules.choices import ImportFeed

LINES_SHOWN = 50


class ImportCommand(BaseCommand):
    feed: ImportFeed

    def add_arguments(self, parser):
        parser.add_argument("place", metavar="FILE|URL", help="A file, or an address that begins with https://.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would change.")
        parser.add_argument(
            "--hold", action="store_true", help="Only keep the differences, to be applied in the admin."
        )

    def handle(self, place, dry_run, hold, **options):
        if dry_run and hold:
            raise CommandError("Choose one of --dry-run and --hold.")
        try:
            ends_as = RunState.TRIED if dry_run else RunState.HELD if hold else RunState.DONE
            run = import_feed(read(place), place, ends_as, self.stdout.write, self.feed)
        except UnreadableFeedError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            message = "Interrupted. What was taken over is kept; run it again for the rest."
            raise CommandError(message, returncode=130) from None
        self.report(run)

    def report(self, run):
        for line in run.report[:LINES_SHOWN]:
            self.stdout.write(f"{line['what']}: {line['place']}: {line['reason']}")
        if len(run.report) > LINES_SHOWN:
            self.stdout.write(f"… and {len(run.report) - LINES_SHOWN:,} more: see the import in the admin.")
        for kind, counts in run.counts.items():
            self.stdout.write(f"{kind}: " + ", ".join(f"{count:,} {word}" for word, count in counts.items()))
        self.stdout.write(self.style.SUCCESS(f"{run.get_state_display()}."))

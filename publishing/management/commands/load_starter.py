from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from publishing.workflow.starter import is_new_site, load_starter


class Command(BaseCommand):
    help = "Load starter content that was never loaded before. Records that editors changed or deleted stay unchanged."
    stealth_options = ("say",)  # only for calls from Python

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only-new", action="store_true", help="Only into an unused database.")

    def handle(self, *, only_new: bool, say: Callable[[str], object] | None = None, **options: object) -> None:
        """Load the starter content. `say` gets a sentence before the content of a new site is loaded."""
        if not only_new:
            total = load_starter(self.stdout.write)
            self.stdout.write(self.style.SUCCESS(f"{total} records loaded."))
        elif is_new_site():
            say = say or self.stdout.write
            say("Loading the starter content.")
            # One transaction: a partly loaded site would not count as new at the next start and would stay incomplete.
            with transaction.atomic():
                load_starter(say)

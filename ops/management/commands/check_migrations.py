from django.core.management.base import BaseCommand, CommandError, CommandParser

from ops.db.migration_rules import RECORD, add_to_record, problems


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Check that released migrations are unedited, and that newer ones leave the previous version able to serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--release", metavar="VERSION", help="Record the migrations that this version releases.")

    def handle(self, *, release: str | None, **options: object) -> None:
        if sentences := problems():
            raise CommandError("\n".join(sentences))
        if release:
            self.stdout.write(f"{len(add_to_record(release))} migrations are recorded in {RECORD.name}.")

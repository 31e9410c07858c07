import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from ops.backups.restoring import restore


class Command(BaseCommand):
    # The present database may be damaged; that is a reason to restore.
    requires_system_checks = ()
    help = (
        "Put a backup in the place of the present database, and its files among the uploads. Stop the server and the "
        "worker first. The present database is kept."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="Do not ask for confirmation.")

    def handle(self, **options) -> None:
        self.is_sure = options["yes"]
        try:
            aside = restore(options["file"], self.stdout.write, self.ask)
        except (OSError, Error) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. The database is unchanged: run the command again.", returncode=130
            ) from None
        if aside is None:
            raise CommandError("Nothing was changed.")
        self.stdout.write(
            "The site is restored. Start it again.\n"
            "Everybody signs in again, all share links are revoked, and partners start their copies again.\n"
            "Accounts, passwords and keys are those of the backup: revoke again those that were revoked since."
        )
        if aside:
            self.stdout.write(f"The database that was here before is kept as {aside}.")

    def ask(self, manifest: dict) -> bool:
        self.stdout.write(f"A backup of {manifest['site']}, {manifest['made_at']}.")
        if self.is_sure:
            return True
        if not sys.stdin.isatty():
            raise CommandError("Pass --yes to restore it without confirmation.")
        return input("Replace the current site with it? (yes or no) ").strip().lower() == "yes"

from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from ops.backups.restoring import restore


class Command(BaseCommand):
    # The present database may be damaged; that is a reason to restore.
    requires_system_checks = ()
    help = (
        "Put a backup in the place of the present database, and its files among the uploads. Stop the server and the "
        "worker first. The present database is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        # config/command_line.py reads it before this command is loaded.
        parser.add_argument("--new-site", action="store_true", help="Make a site where there is none yet.")

    def handle(self, *, file: Path, **options: object) -> None:
        manifest, aside = restore(file, self.stdout.write)
        self.stdout.write(
            f"The site is restored from a backup of {manifest['site']}, {manifest['made_at']}. Start it again.\n"
            "Everybody signs in again, all share links are revoked, and partners start their copies again.\n"
            "Accounts, passwords and keys are those of the backup: revoke again those that were revoked since."
        )
        if aside:
            self.stdout.write(f"The database that was here before is kept as {aside}.")

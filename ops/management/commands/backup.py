import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from ops.backups.making import check, make_backup, workplace
from ops.backups.regular import make_scheduled_backup


class Command(BaseCommand):
    # A damaged database is reported in a sentence of our own.
    requires_system_checks = ()
    help = "Back up the database and the uploads to one file in BACKUP_DIR. The site can keep running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", metavar="FILE", type=Path, help="Check a backup instead.")
        parser.add_argument(
            "--regular",
            action="store_true",
            help="Make a regular backup, as the worker does, and delete older ones (BACKUP_KEEP).",
        )

    def handle(self, **options: Any) -> None:
        if options["check"]:
            with workplace(Path(settings.BACKUP_DIR)) as folder:
                manifest = check(options["check"], folder, self.stdout.write)
            self.stdout.write(f"A backup of {manifest['site']}, {manifest['made_at']}. It is whole.")
        elif options["regular"]:
            os.nice(10)  # readers come first
            self.stdout.write(f"Made {make_scheduled_backup()}.")
        else:
            self.stdout.write(f"Made {make_backup(say=self.stdout.write)}, read back and whole.")

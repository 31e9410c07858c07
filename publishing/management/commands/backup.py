import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from publishing.backups.making import check, make_backup, workplace
from publishing.backups.manifest import summary
from publishing.backups.problems import BackupError
from publishing.backups.progress import Progress, size_in_words
from publishing.backups.regular import make_regular


class Command(BaseCommand):
    # A database that is damaged is said in a sentence.
    requires_system_checks = ()
    help = (
        "Make a backup of the database and the uploaded files: one file in BACKUP_DIR, looked at again before it gets "
        "its name. The site may go on meanwhile. Can be interrupted and run again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check", metavar="FILE", type=Path, help="Look whether that backup is whole, instead.")
        parser.add_argument(
            "--regular", action="store_true", help="As the worker does: older regular ones are deleted (BACKUP_KEEP)."
        )

    def handle(self, **options):
        progress = Progress(self.say)
        try:
            if options["check"]:
                self.check_file(options["check"], progress)
            elif options["regular"]:
                os.nice(10)  # readers come first
                self.say(f"Made {make_regular(Progress(lambda words: None))}.")
            else:
                path, manifest = make_backup(progress)
                self.say(
                    f"{summary(manifest)}\nIt is {path} ({size_in_words(path.stat().st_size)}), read back and whole."
                )
        except BackupError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. There is no backup of now; earlier ones are there.", returncode=130
            ) from None

    def check_file(self, path: Path, progress):
        if not path.is_file():
            raise BackupError(f"There is no file {path}.")
        with workplace() as unfinished:
            manifest = check(path, unfinished, progress)
        self.say(f"{summary(manifest)}\n{path} is whole.")

    def say(self, words: str):
        self.stdout.write(words)
        self.stdout.flush()

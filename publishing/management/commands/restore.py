import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from publishing.backups.manifest import summary
from publishing.backups.problems import BackupError
from publishing.backups.progress import Progress
from publishing.backups.restoring import restore


class Command(BaseCommand):
    # What is there may be damaged: that is why one restores.
    requires_system_checks = ()
    help = (
        "Put a backup in the place of the present database, and its files among the uploaded ones. Stop the server and "
        "the worker first. Nothing is changed before the backup was found whole; what was there is kept aside."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, **options):
        self.is_sure = options["yes"]
        try:
            done = restore(options["file"], Progress(self.say), self.ask)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. The database is as it was; run it again, or start the site.", returncode=130
            ) from None
        if done is None:
            raise CommandError("Nothing was changed.")
        self.tell(done)

    def ask(self, manifest) -> bool:
        self.say(summary(manifest))
        if self.is_sure:
            return True
        if not sys.stdin.isatty():
            raise BackupError("Say --yes to restore it without being asked.")
        return input("Put it in the place of what is here now? (yes or no) ").strip().lower() == "yes"

    def tell(self, done):
        moment = timezone.localtime(done.manifest.moment)
        self.say(
            f"The site is as it was on {moment:%-d %B %Y, %H:%M %Z}. Start it again.\n"
            "Everybody signs in anew, all share links are revoked, and partners begin their copies anew.\n"
            "Accounts, passwords and keys are those of then: withdraw again whatever was withdrawn since."
        )
        if done.aside:
            self.say(
                f"What was here before is kept as {done.aside}. To go back to it, stop the site and run\n  {done.undo}"
            )

    def say(self, words: str):
        self.stdout.write(words)
        self.stdout.flush()

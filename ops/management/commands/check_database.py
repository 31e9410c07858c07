from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ops.db.integrity import check_tables, unchecked
from ops.progress import Progress


class Command(BaseCommand):
    # A damaged database is reported in a sentence of our own.
    requires_system_checks = ()
    help = "Check every table and index for damage, while the site is in use. The exit status is 1 if there is any."

    def handle(self, **options: object) -> None:
        try:
            damaged, count = self.check_all()
            for sentence in unchecked():
                self.stdout.write(sentence)
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read: {' '.join(str(error).split())}") from error
        if damaged:
            raise CommandError(f"Damaged, of {count} tables: {', '.join(damaged)}. Restore the last good backup.")
        self.stdout.write(f"All {count} tables are whole.")

    def check_all(self) -> tuple[list[str], int]:
        """Write the problems; return the names of damaged tables and the number of all."""
        progress, damaged, total = Progress(self.stdout.write, "Checking", "tables"), [], 0
        for checked in check_tables():
            total = checked.total
            for problem in checked.problems:
                self.stdout.write(f"{checked.table}: {problem}")
            if checked.problems:
                damaged.append(checked.table)
            progress.reach(checked.number, total)
        return damaged, total

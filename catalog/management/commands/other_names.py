from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.check import name_lists


class Command(BaseCommand):
    help = (
        f"Make the names of models that are not on record anew from the files of {name_lists.SOURCES.name} in a folder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, folder: Path, **options: object) -> None:
        try:
            names, english = name_lists.made_from(folder)
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} is missing.") from error
        name_lists.NAMES.write_text("\n".join([*names, ""]), encoding="ascii")
        name_lists.ENGLISH.write_text("\n".join([*english, ""]), encoding="ascii")
        self.stdout.write(f"{len(names)} names, with {len(english)} words of English.")

from pathlib import Path
from typing import Any

from django.core.management.commands import loaddata

from ops.progress import Progress


class Command(loaddata.Command):
    """Django's loaddata, which says how far it is."""

    def loaddata(self, fixture_labels: list[str]) -> None:
        files = [Path(label) for label in fixture_labels if Path(label).suffix == ".json" and Path(label).is_file()]
        self._total = sum(file.read_bytes().count(b'"model": "') for file in files)
        self._done = 0
        self._progress = Progress(self.stdout.write, "Loading", "records")
        super().loaddata(fixture_labels)

    def save_obj(self, obj: Any) -> bool:
        self._done += 1
        self._progress.reach(self._done, self._total)
        return super().save_obj(obj)

"""Make and check backups.

An image is stored before the row that names it, and its file is deleted after the row. The database is therefore copied
first and the files after it: every image that the copy names is there, or everything is copied again.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.utils import timezone

from ops.backups import archive
from ops.backups.archive import BackupError
from ops.backups.databases import KINDS

ATTEMPTS = 3
REGULAR, BY_HAND = "vitrine-daily-", "vitrine-"
MOMENT = "%Y%m%d-%H%M%S"
left_out: list[type[Model]] = []  # apps extend it by models whose tables are backed up empty


@contextmanager
def workplace(place: Path) -> Iterator[Path]:
    """Yield a temporary folder in `place`, locked for one process. Leftovers of a killed process are deleted."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = place / ".unfinished"
    with open(place / ".backup.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("Another backup, check or restore is running: try again later.") from error
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def make_backup(say: Callable[[str], None] = lambda sentence: None, is_regular: bool = False) -> Path:
    """Make a backup, read it back, and only then name it; return its path. Raises BackupError; earlier backups stay."""
    with workplace(Path(settings.BACKUP_DIR)) as folder:
        for attempt in range(ATTEMPTS):
            try:
                made_at = _write(folder, say)
                break
            except FileNotFoundError:  # an image was deleted during the copy
                if attempt == ATTEMPTS - 1:
                    raise
        say("Checking the backup.")
        check(folder / "backup", folder)
        path = folder.parent / f"{REGULAR if is_regular else BY_HAND}{made_at:{MOMENT}}.tar.gz"
        os.rename(folder / "backup", path)
        if is_regular:
            for old in sorted(folder.parent.glob(f"{REGULAR}*"), reverse=True)[max(1, settings.BACKUP_KEEP) :]:
                old.unlink()
    return path


def _write(folder: Path, say):
    made_at, tools, before = timezone.now(), KINDS[connection.vendor], uploads()
    own = {name: folder / name for name in (archive.MANIFEST, tools.member)}
    for path in [*own.values(), folder / "backup"]:
        path.unlink(missing_ok=True)
    say("Copying the database.")
    tools.dump(own[tools.member], sorted(model._meta.db_table for model in left_out))
    manifest = {
        "site": settings.SITE_URL,
        "made_at": made_at.isoformat(),
        "database": connection.vendor,
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
    }
    own[archive.MANIFEST].write_text(json.dumps(manifest, indent=1))
    files = before | uploads()
    say(f"Writing the database and {len(files):,} uploaded files.")
    archive.write(folder / "backup", own | files)
    os.sync()
    return made_at


def uploads() -> dict[str, Path]:
    """Return the uploaded files by their names in a backup."""
    root = Path(settings.DATA_DIR)
    return {str(path.relative_to(root)): path for path in (root / "media").rglob("*") if path.is_file()}


def check(path: Path, folder: Path) -> dict:
    """Return the manifest of a backup whose bytes and database are sound. Unpacks the database in `folder`."""
    manifest = archive.unpack(path, folder, with_uploads=False)
    tools = KINDS[manifest["database"]]
    tools.check(folder / tools.member)
    return manifest

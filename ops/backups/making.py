"""Make and check backups: a compressed tar archive of a manifest, a dump of the database and the uploads.

An image is stored before the row that names it, and deleted after it. So the database is copied first: every image
that the copy names is there, or everything is copied again. The checksum of gzip covers every byte.
"""

import fcntl
import gzip
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import CommandError
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from ops.backups.databases import KINDS
from ops.db.size import database_bytes
from ops.progress import Progress, silent

ATTEMPTS = 3
READ_BYTES = 1024 * 1024
REGULAR, BY_HAND = "vitrine-daily-", "vitrine-"
MOMENT = "%Y%m%d-%H%M%S"
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"
left_out: list[type[Model]] = []  # apps extend it by models whose tables are backed up empty


@contextmanager
def workplace(place: Path) -> Iterator[Path]:
    """Yield a temporary folder, locked for one process. Errors of system and database become CommandErrors."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(place / ".backup.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for leftover in place.glob(f"{UNFINISHED}*"):
                shutil.rmtree(leftover)
            with TemporaryDirectory(prefix=UNFINISHED, dir=place) as folder:
                yield Path(folder)
    except BlockingIOError as error:
        raise CommandError("Another backup, check or restore is running: try again later.") from error
    except (OSError, Error) as error:
        raise CommandError(str(error)) from error


def make_backup(is_regular: bool = False, say: Callable[[str], object] = silent) -> Path:
    """Make a backup, read it back, and only then name it; return its path. `say` gets what is done at the moment.

    Raises CommandError; earlier backups stay.
    """
    with workplace(Path(settings.BACKUP_DIR)) as folder:
        for attempt in range(ATTEMPTS):
            try:
                made_at = _make(folder, say)
                break
            except FileNotFoundError:  # an image was deleted during the copy
                if attempt == ATTEMPTS - 1:
                    raise
        check(folder / "backup", folder, say)
        path = folder.parent / f"{REGULAR if is_regular else BY_HAND}{made_at:{MOMENT}}.tar.gz"
        os.rename(folder / "backup", path)
        if is_regular:
            for old in sorted(folder.parent.glob(f"{REGULAR}*"), reverse=True)[max(1, settings.BACKUP_KEEP) :]:
                old.unlink()
    return path


def _make(folder: Path, say: Callable[[str], object]):
    made_at, tools, before = timezone.now(), KINDS[connection.vendor], uploads()
    own_files = {name: folder / name for name in (MANIFEST, tools.member)}
    for path in [*own_files.values(), folder / "backup"]:
        path.unlink(missing_ok=True)
    say(f"Copying the database, {filesizeformat(database_bytes())}.")
    tools.dump(own_files[tools.member], sorted(model._meta.db_table for model in left_out))
    manifest = {
        "site": settings.SITE_URL,
        "made_at": made_at.isoformat(),
        "database": connection.vendor,
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
    }
    own_files[MANIFEST].write_text(json.dumps(manifest, indent=1))
    files = own_files | before | uploads()
    say(f"Packing it and {len(files) - len(own_files):,} uploads, {filesizeformat(total_bytes(files.values()))}.")
    write(folder / "backup", files, say)
    os.sync()
    return made_at


def check(path: Path, folder: Path, say: Callable[[str], object] = silent) -> dict:
    """Return the manifest of a backup whose bytes and database are sound. Unpacks the database in `folder`."""
    manifest = unpack(path, folder, with_uploads=False, say=say)
    tools = KINDS[manifest["database"]]
    say("Checking its database.")
    tools.check(folder / tools.member)
    return manifest


def uploads() -> dict[str, Path]:
    """Return the uploaded files by their names in a backup."""
    root = Path(settings.DATA_DIR)
    return {str(path.relative_to(root)): path for path in (root / "media").rglob("*") if path.is_file()}


def total_bytes(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files)


class CountedFile(io.FileIO):
    """A file that is read, and calls `on_read` with the number of bytes after each part of it."""

    def __init__(self, path: Path, on_read: Callable[[int], object]):
        super().__init__(path)
        self._on_read = on_read

    def read(self, size: int | None = -1) -> bytes:
        part = super().read(-1 if size is None else size) or b""
        self._on_read(len(part))
        return part


def write(path: Path, files: dict[str, Path], say: Callable[[str], object] = silent) -> None:
    """Write the files under their names, in this order. Only the owner can read the archive."""
    progress, total, done = Progress(say, "Packing"), total_bytes(files.values()), 0

    def on_read(count: int) -> None:
        nonlocal done
        done += count
        progress.reach(done, total)

    path.touch(mode=0o600)
    with tarfile.open(path, "w:gz", compresslevel=1, dereference=True) as tar:
        for name, file in files.items():
            with CountedFile(file, on_read) as content:
                tar.addfile(tar.gettarinfo(arcname=name, fileobj=content), content)


def unpack(path: Path, folder: Path, with_uploads: bool = True, say: Callable[[str], object] = silent) -> dict:
    """Unpack a backup after checking it to the last byte; return its manifest."""
    try:
        size, progress = path.stat().st_size, Progress(say, "Reading")
        say(f"Reading the backup, {filesizeformat(size)}.")
        with path.open("rb") as file, gzip.open(file) as content:
            while content.read(READ_BYTES):
                progress.reach(file.tell(), size)
        with tarfile.open(path, "r:gz") as tar:
            members = [entry for entry in tar if with_uploads or "/" not in entry.name]
            tar.extractall(folder, members, filter="data")
            return json.load(tar.extractfile(MANIFEST) or io.BytesIO())
    except (gzip.BadGzipFile, tarfile.TarError, zlib.error, EOFError, KeyError, ValueError) as error:
        raise CommandError(f"{path} is damaged, or no backup of Vitrine: {error}.") from error

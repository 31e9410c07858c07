"""Making a backup, and looking at one again.

Rows and pictures agree because of the order. A picture is stored before the row that names it is committed, and its
file is taken away, by the sweep alone, after its row is gone and a day after it was stored. So the database is copied
first and the files after it; and a file that was there before the copy was begun and is gone when its turn comes may
be one that a row in the copy names: then all is taken once more.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from publishing.backups import archive, postgresql, sqlite, uploads
from publishing.backups.manifest import Manifest, manifest_now, manifest_of
from publishing.backups.problems import BackupError, MovedError, in_words
from publishing.backups.progress import size_in_words
from publishing.backups.registry import left_out_tables

KINDS = {"sqlite": sqlite, "postgresql": postgresql}
UNFINISHED = ".unfinished-"
ATTEMPTS = 3
MARGIN_BYTES = 20_000_000
REGULAR, BY_HAND = "vitrine-daily-", "vitrine-"
MOMENT = "%Y%m%d-%H%M%S"


def backup_folder() -> Path:
    return Path(settings.BACKUP_DIR)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder beside the backups for what is not finished, for one at a time; what a killed one left is swept."""
    folder = backup_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BackupError(f"BACKUP_DIR {folder} cannot be used: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("Another backup, check or restore is at work: try again when it is done.") from error
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        with in_words(), tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder) as unfinished:
            yield Path(unfinished)
    finally:
        os.close(lock)


def make_backup(progress, is_regular: bool = False) -> tuple[Path, Manifest]:
    """Make a backup, read it back, and only then give it its name. Raises BackupError; what was there stays."""
    with workplace() as unfinished:
        _refuse_without_room(unfinished)
        for attempt in range(ATTEMPTS):
            folder = unfinished / str(attempt)
            folder.mkdir()
            try:
                made_at = _write(folder, progress)
                break
            except MovedError:
                shutil.rmtree(folder)
        else:
            raise BackupError("Files went again and again while they were to be read: is somebody clearing them out?")
        file = folder / "backup"
        manifest = check(file, folder, progress)
        path = _free_name(made_at, REGULAR if is_regular else BY_HAND)
        os.rename(file, path)
        _sync(path.parent)
        if is_regular:
            _drop_old()
    return path, manifest


def _refuse_without_room(folder: Path):
    needed = KINDS[connection.vendor].room_to_dump() + MARGIN_BYTES
    needed += sum(path.stat().st_size for path in uploads.listed().values() if path.exists())
    refuse_without_room(folder, needed)


def refuse_without_room(folder: Path, needed: int):
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            f"There is too little room in {folder.parent if folder.name.startswith(UNFINISHED) else folder}: "
            f"{size_in_words(needed)} may be needed, {size_in_words(free)} are free."
        )


def _write(folder: Path, progress) -> datetime:
    kind, left_out = KINDS[connection.vendor], left_out_tables()
    before = uploads.listed()
    made_at = timezone.now()
    counts = kind.dump(folder / kind.MEMBER, left_out, progress)
    files = {**before, **uploads.listed()}
    with archive.Writer(folder / "backup") as writer:
        writer.add(kind.MEMBER, folder / kind.MEMBER)
        (folder / kind.MEMBER).unlink()
        done = 0
        for number, name in enumerate(sorted(files), start=1):
            done += _add(writer, name, files[name], is_needed=name in before)
            progress(f"Uploaded files, {number:,} of {len(files):,}", done)
        count = sum(line.partition("  ")[2].partition("/")[0] in uploads.folders() for line in writer.sums)
        manifest = manifest_now(counts, left_out, count, done, made_at)
        writer.add_text(archive.MANIFEST, manifest.text, made_at.timestamp())
    return made_at


def _add(writer, name: str, path: Path, is_needed: bool) -> int:
    try:
        return writer.add(name, path)
    except MovedError:
        # What came after the copy was begun no row in it can name. Of a file that was begun, the head is written.
        if is_needed or path.exists():
            raise
        return 0


def check(path: Path, folder: Path, progress) -> Manifest:
    """Look at every byte of a backup. Raises BackupError where anything is other than it was written."""
    archive.check_whole(path, progress)
    manifest = manifest_of(path)
    unpack_checked(path, manifest, folder, progress).unlink()
    return manifest


def unpack_checked(path: Path, manifest: Manifest, folder: Path, progress) -> Path:
    """Look at all that is in a whole file; return its database, unpacked in `folder` and sound."""
    kind, sums = KINDS[manifest.database], archive.sums_of(path)
    database, files = folder / "database", 0
    found = set()
    for entry, member in archive.members(path):
        if entry.name == archive.SUMS:
            continue
        found.add(entry.name)
        summed = archive.Summed(member)
        if entry.name == kind.MEMBER:
            kind.unpack(summed, database, progress)
        archive.drain(summed)
        if sums.get(entry.name) != summed.sum.hexdigest():
            raise BackupError(f"{entry.name} in the backup is damaged.")
        if entry.name.partition("/")[0] in uploads.folders():
            files += 1
    if found != set(sums) or kind.MEMBER not in found or files != manifest.files:
        raise BackupError(f"{path} is not whole: it does not hold what it says.")
    kind.check(database, manifest.tables, progress)
    return database


def _free_name(moment: datetime, prefix: str) -> Path:
    """Behind every name of that second, also where an earlier one is free again: their order is the order of age."""
    stem = f"{prefix}{moment:{MOMENT}}"
    last = max(backup_folder().glob(f"{stem}_[0-9][0-9].tar"), default=backup_folder() / f"{stem}.tar")
    if not last.exists():
        return last
    return backup_folder() / f"{stem}_{int(last.stem.partition('_')[2] or 1) + 1:02}.tar"


def _drop_old():
    """Of the regular ones alone: whoever makes one by hand looks after it."""
    for path in sorted(backup_folder().glob(f"{REGULAR}*.tar"), reverse=True)[max(1, settings.BACKUP_KEEP) :]:
        path.unlink()


def _sync(folder: Path):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

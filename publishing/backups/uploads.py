"""The files beside the database: pictures, and typefaces that were laid there for drawings."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from django.conf import settings

from publishing.backups.archive import copy_summed
from publishing.backups.problems import BackupError
from publishing.drawings import sharing

MEDIA, FONTS = "media", "fonts"


def folders() -> dict[str, Path]:
    return {MEDIA: Path(settings.MEDIA_ROOT), FONTS: Path(settings.DATA_DIR) / FONTS}


def listed() -> dict[str, Path]:
    """Return all files by their name in a backup. Not the drawings: each is drawn again when it is asked for."""
    return {name: path for name, path in _walk() if not name.startswith(f"{MEDIA}/{sharing.FOLDER}/")}


def _walk() -> Iterator[tuple[str, Path]]:
    for label, root in folders().items():
        for folder, _, names in os.walk(root, followlinks=True):
            for name in names:
                path = Path(folder, name)
                if path.is_file():
                    yield f"{label}/{path.relative_to(root).as_posix()}", path


def put_back(name: str, member, mtime: float, wanted_sum: str):
    """Write one file of a backup to its place, whole or not at all. What is there under that name is the same picture,
    since names hold a hash of the content."""
    label, *rest = PurePosixPath(name).parts
    target = folders()[label].joinpath(*rest)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(".restoring", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if copy_summed(member, file.write) != wanted_sum:
                raise BackupError(f"{name} in the backup is damaged.")
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, settings.FILE_UPLOAD_PERMISSIONS)
        os.utime(draft, (mtime, mtime))
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise

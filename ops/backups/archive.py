"""The file format of a backup: a compressed tar archive whose checksum covers every byte. `tar -xzf` reads it too."""

import gzip
import io
import json
import tarfile
import zlib
from pathlib import Path

from django.core.management import CommandError

MANIFEST = "manifest.json"
AT_ONCE = 1024 * 1024


class BackupError(CommandError):
    """Raised when a backup or a restore fails; the message is a sentence."""


def write(path: Path, files: dict[str, Path]) -> None:
    """Write the files under their names, in this order. Only the owner can read the archive."""
    path.touch(mode=0o600)
    with tarfile.open(path, "w:gz", compresslevel=1, dereference=True) as tar:
        for name, file in files.items():
            tar.add(file, name, recursive=False)


def unpack(path: Path, folder: Path, with_uploads: bool = True) -> dict:
    """Unpack a backup after checking it to the last byte; return its manifest. Raises BackupError."""
    try:
        with gzip.open(path) as content:
            while content.read(AT_ONCE):
                pass
        with tarfile.open(path, "r:gz") as tar:
            members = [entry for entry in tar if with_uploads or "/" not in entry.name]
            tar.extractall(folder, members, filter="data")
            return json.load(tar.extractfile(MANIFEST) or io.BytesIO())
    except (gzip.BadGzipFile, tarfile.TarError, zlib.error, EOFError, KeyError, ValueError) as error:
        raise BackupError(f"{path} is damaged, or no backup of Vitrine: {error}.") from error

"""The file of a backup: a plain tar archive, and behind its end one block with the SHA-256 of all before it.

So whatever became of the file, a byte changed or its end missing, is seen before anything in it is believed; and with
neither this program nor a database at hand, `tar -xf` and `sha256sum -c SHA256SUMS` do.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from publishing.backups.problems import BackupError, MovedError

BLOCK = 512
MARK = b"vitrine-backup 1 sha256 "
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
AT_ONCE = 1024 * 1024


class Summed:
    """A file that notes the SHA-256 of what is written to it, or read from it."""

    def __init__(self, file: BinaryIO):
        self.file, self.sum, self.size = file, hashlib.sha256(), 0

    def write(self, data) -> int:
        self._note(data)
        return self.file.write(data)

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self._note(data)
        return data

    def tell(self) -> int:
        return self.size

    def _note(self, data):
        self.sum.update(data)
        self.size += len(data)


class Writer:
    """Makes the file, readable for its owner alone. Use it in a `with`; at its end the file is on the disk."""

    def __init__(self, path: Path):
        self.raw = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self.whole, self.sums = Summed(self.raw), []
        self.tar = tarfile.open(fileobj=self.whole, mode="w:", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        try:
            if kind is None:
                self._finish()
        finally:
            self.raw.close()

    def add(self, name: str, path: Path) -> int:
        """Take in a file as it is; return its size. Raises MovedError where it went or became shorter meanwhile."""
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                self._add(name, file, status.st_size, status.st_mtime)
                return status.st_size
        except FileNotFoundError as error:
            raise MovedError(f"{path} went while it was to be read.") from error

    def add_text(self, name: str, text: str, mtime: float):
        data = text.encode("utf-8", "surrogateescape")
        self._add(name, io.BytesIO(data), len(data), mtime)

    def _add(self, name, file, size, mtime):
        if "\n" in name:
            raise BackupError(f"The file {name!r} has a line break in its name: give it another one.")
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime, entry.mode = size, int(mtime), 0o600
        summed = Summed(file)
        try:
            self.tar.addfile(entry, summed)
        except OSError as error:
            if summed.size < size and error.errno is None:  # tarfile's own word for a source that ended early
                raise MovedError(f"{name} became shorter while it was read.") from error
            raise
        self.sums.append(f"{summed.sum.hexdigest()}  {name}\n")

    def _finish(self):
        self.add_text(SUMS, "".join(self.sums), 0)
        self.tar.close()
        self.raw.write(_last_block(self.whole.sum))
        self.raw.flush()
        os.fsync(self.raw.fileno())
        if hasattr(os, "posix_fadvise"):  # what is verified is to come from the disk, not from memory
            os.posix_fadvise(self.raw.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _last_block(whole) -> bytes:
    return (MARK + whole.hexdigest().encode() + b"\n").ljust(BLOCK, b"\0")


def check_whole(path: Path, progress):
    """Raise BackupError unless the file is one that a Writer finished, byte for byte."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - BLOCK))
        last = file.read(BLOCK)
        file.seek(0)
        if not last.startswith(MARK):
            begins_so = file.read(BLOCK)[257:262] == b"ustar"
            raise BackupError(
                f"{path} is no backup of Vitrine."
                if not begins_so
                else f"{path} has no end: it is no backup of Vitrine, or it was cut off."
            )
        left = size - BLOCK
        while data := file.read(min(AT_ONCE, left)):
            whole.update(data)
            left -= len(data)
            progress("Reading the file", size - BLOCK - left, size - BLOCK)
    if last != _last_block(whole):
        raise BackupError(f"{path} is damaged: it is not what was written.")


def members(path: Path) -> Iterator[tuple[tarfile.TarInfo, BinaryIO]]:
    """Give each file in the archive. Raises BackupError where one is no file or has a name that leads elsewhere."""
    try:
        with tarfile.open(path, mode="r:") as tar:
            for entry in tar:
                parts = PurePosixPath(entry.name).parts
                if not entry.isreg() or not parts or parts[0] == "/" or ".." in parts:
                    raise BackupError(f"{path} is no backup of Vitrine: it holds {entry.name!r}.")
                yield entry, tar.extractfile(entry)
    except tarfile.TarError as error:
        raise BackupError(f"{path} is no backup of Vitrine: {error}.") from error


def text_of(path: Path, name: str) -> str:
    for entry, file in members(path):
        if entry.name == name:
            return file.read().decode("utf-8", "surrogateescape")
    raise BackupError(f"{path} is no backup of Vitrine: it has no {name}.")


def copy_summed(source: BinaryIO, write) -> str:
    """Give all of `source` to `write`; return its SHA-256."""
    summed = Summed(source)
    while data := summed.read(AT_ONCE):
        write(data)
    return summed.sum.hexdigest()


def drain(source):
    while source.read(AT_ONCE):
        pass


def sums_of(path: Path) -> dict[str, str]:
    """Return the SHA-256 that each file in the archive should have, by name."""
    pairs = [line.split("  ", 1) for line in text_of(path, SUMS).split("\n") if line]
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}

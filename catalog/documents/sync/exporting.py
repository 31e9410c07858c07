"""The export: a file that is created once per head and then served from disk."""

import fcntl
import gzip
import hashlib
import shutil
import time
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from typing import cast

import orjson
from django.conf import settings

from catalog.documents.compose import SCHEMA
from catalog.documents.sync.declaration import TYPES
from catalog.documents.sync.head import Head, stored_head
from catalog.documents.sync.locking import snapshot_transaction
from catalog.documents.sync.pages import Cursor, record_line
from catalog.models import FeedEntry
from ops.limits.turns import turn
from ops.server.data_dir_lock import locked

# Older files are not deleted at once, so that running downloads can finish.
KEPT_SECONDS = 3_600
LINES_AT_ONCE = 1_000
PART_MADE = ".part"


def export_file(types: tuple[str, ...], head: Head, is_gzip: bool) -> Path:
    """Return the export at `head` or later. A file lock lets one process create it while the others wait.

    Raises BusyError if it is not there yet and the turn to create it does not come.
    """
    folder = Path(settings.DATA_DIR) / "exports"
    wanted = _path_of(folder, _header(types, head), ".gz" if is_gzip else "")
    if wanted.exists():
        return wanted
    folder.mkdir(parents=True, exist_ok=True)
    with turn(), locked("exports/.lock", fcntl.LOCK_EX):
        with snapshot_transaction():
            head = cast(Head, stored_head())
            header = _header(types, head)
            plain = _path_of(folder, header)
            if not plain.exists():
                sweep(folder, head)
                with _whole_or_not(plain) as file:
                    _write(file, types, header)
        return _compressed(plain) if is_gzip else plain


def _path_of(folder: Path, header: dict, suffix: str = "") -> Path:
    """Return the path of a file, named by a hash of its header, which determines the content."""
    mark = hashlib.sha256(orjson.dumps(header)).hexdigest()[:16]
    return folder / f"{header['epoch']}-{header['head']}-{mark}.ndjson{suffix}"


def _write(file, types, header: dict):
    count, total = 0, hashlib.sha256()

    def write(data: bytes):
        total.update(data)
        file.write(data)

    write(orjson.dumps(header) + b"\n")
    rows = FeedEntry.objects.live().order_by("seq")
    if len(types) < len(TYPES):
        rows = rows.filter(type__in=types)
    rows = rows.values_list("seq", "type", "object_id", "hash", "stamped_at", "body")
    for batch in batched(rows.iterator(chunk_size=LINES_AT_ONCE), LINES_AT_ONCE):
        count += len(batch)
        write("".join(["{" + record_line(*row) + "\n" for row in batch]).encode())
    file.write(orjson.dumps({"kind": "trailer", "count": count, "sha256": total.hexdigest()}) + b"\n")


def _header(types, head: Head) -> dict:
    return {
        "kind": "header",
        "epoch": head.epoch,
        "head": head.number,
        "schema": SCHEMA,
        "licence": settings.DATA_LICENCE,
        "types": types,
        "cursor": Cursor(head.epoch, types, head.number).text,
    }


def _compressed(plain: Path) -> Path:
    path = plain.with_name(f"{plain.name}.gz")
    if not path.exists():
        # Without a time and a name in the header, every worker produces the same bytes.
        with (
            plain.open("rb") as source,
            _whole_or_not(path) as file,
            gzip.GzipFile("", "wb", compresslevel=5, fileobj=file, mtime=0) as packed,
        ):
            shutil.copyfileobj(source, packed, 1024 * 1024)
    return path


@contextmanager
def _whole_or_not(path: Path):
    """Yield a file that gets the name `path` once it is complete. The folder must be locked."""
    part = path.with_name(f"{path.name}{PART_MADE}")
    try:
        with part.open("wb") as file:
            yield file
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def sweep(folder: Path, head: Head) -> None:
    """Delete files of other heads and leftovers of killed processes that are older than an hour."""
    for path in [*folder.glob("*.ndjson*"), *folder.glob(f"*{PART_MADE}")]:
        is_current = path.name.startswith(f"{head.epoch}-{head.number}-")
        if not is_current and time.time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)

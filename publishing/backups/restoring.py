"""Bringing back what a backup holds. Nothing of the site is touched before the backup lies there as a database of its
own, sound, with today's tables and without what must not come back; then that takes the place of the present one."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from publishing import in_use
from publishing.backups import archive, uploads
from publishing.backups.making import KINDS, MARGIN_BYTES, MOMENT, refuse_without_room, unpack_checked, workplace
from publishing.backups.manifest import Manifest, manifest_of, refuse_what_does_not_fit
from publishing.backups.problems import BackupError, in_words
from publishing.backups.registry import after_restore

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restored:
    """`aside` is where the database lies that was there before, "" where there was none; `undo` brings it back."""

    manifest: Manifest
    aside: str
    undo: str


def restore(path: Path, progress, is_wanted: Callable[[Manifest], bool]) -> Restored | None:
    """Restore the backup, unless `is_wanted` says no to what it is; return None then. Raises BackupError."""
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    with _nobody_else(), workplace() as unfinished:
        archive.check_whole(path, progress)
        manifest = manifest_of(path)
        refuse_what_does_not_fit(path, manifest)
        if not is_wanted(manifest):
            return None
        return _restore(path, manifest, unfinished, progress)


@contextmanager
def _nobody_else() -> Iterator[None]:
    try:
        with in_use.only_here(), in_words():
            KINDS[connection.vendor].refuse_while_connected()
            yield
    except in_use.InUseError as error:
        raise BackupError(str(error)) from error


def _restore(path, manifest, unfinished, progress) -> Restored:
    kind = KINDS[manifest.database]
    refuse_without_room(unfinished, _room_to_unpack(path))
    unpacked = unpack_checked(path, manifest, unfinished, progress)
    refuse_without_room(uploads.folders()[uploads.MEDIA], manifest.bytes + MARGIN_BYTES)
    name = kind.load(unpacked, progress)
    try:
        with standing_in(name):
            _make_ready(progress)
        _put_files_back(path, progress)
        aside = kind.switch(name, f".before-{timezone.now():{MOMENT}}")
    except BaseException:
        connection.close()
        kind.discard(name)
        raise
    _empty_cache()
    return Restored(manifest, aside, kind.undo_words(aside) if aside else "")


def _room_to_unpack(path: Path) -> int:
    """A packed database takes a fifth of what it is, more or less."""
    packed = sum(entry.size for entry, _ in archive.members(path) if "/" not in entry.name)
    return 5 * packed + MARGIN_BYTES


@contextmanager
def standing_in(name: str) -> Iterator[None]:
    """Let Django's connection lead to another database of the same kind."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        ContentType.objects.clear_cache()


def _make_ready(progress):
    progress("Applying migrations", 0)
    call_command("migrate", interactive=False, verbosity=0)
    for step in after_restore:
        step()


def _put_files_back(path: Path, progress):
    sums, done = archive.sums_of(path), 0
    for entry, member in archive.members(path):
        if entry.name.partition("/")[0] in uploads.folders():
            uploads.put_back(entry.name, member, entry.mtime, sums[entry.name])
            done += entry.size
            progress("Uploaded files", done)


def _empty_cache():
    try:
        cache.clear()
    except Exception:  # whatever its client raises: a site is restored without its cache as well
        logger.exception("The cache could not be emptied; what it holds of the old state lapses within a day.")

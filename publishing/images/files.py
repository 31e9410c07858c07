"""Keep image files consistent with the table: create missing renditions, delete unreferenced files."""

import logging
from collections import defaultdict
from datetime import timedelta
from pathlib import PurePath

from django.core.files.storage import default_storage
from django.utils import timezone

from publishing.images import renditions
from publishing.images.models import FOLDER, Image
from publishing.images.upload import DAMAGE

logger = logging.getLogger(__name__)
# An upload is stored before its row is committed.
GRACE = timedelta(days=1)


def render_missing() -> None:
    """Make missing renditions, image by image: after bulk loads, or after a worker was killed.

    Each is recorded when it is done, so an interrupted run continues where it stopped.
    """
    for image in Image.objects.order_by("pk").iterator(chunk_size=100):
        if image.needs_rendering:
            try:
                image.render()
            except DAMAGE:  # one lost or broken file must not prevent the renditions of others
                logger.exception("Picture %s could not be rendered.", image.pk)


def sweep() -> int:
    """Delete files of deleted or replaced images; return their number."""
    current, stored = defaultdict(set), set()
    for name, key in Image.objects.values_list("file", "rendered"):
        stored.add(name)
        current[PurePath(name).name].add(key)
    count = sum(_delete(name, GRACE) for name in _files(FOLDER) if name not in stored)
    for name in _files(renditions.FOLDER):
        _, owner, key, *_ = PurePath(name).parts
        if key not in current.get(owner, ()):
            count += _delete(name, GRACE)
    return count


def _files(folder: str) -> list[str]:
    """Return the names of all files in a folder of the storage, recursively."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    below = [name for inner in folders for name in _files(f"{folder}/{inner}")]
    return [*(f"{folder}/{name}" for name in files), *below]


def _delete(name: str, age: timedelta) -> bool:
    try:
        if default_storage.get_modified_time(name) > timezone.now() - age:
            return False
    except FileNotFoundError:  # another process deleted it
        return False
    default_storage.delete(name)
    return True

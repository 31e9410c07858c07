"""Static files as browsers get them: hashed and compressed, with one CSS bundle for the site and one for the admin."""

import re
from collections.abc import Callable
from functools import cache, partial

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

FOLDER = "css"
BUNDLES = (f"{FOLDER}/site.css", f"{FOLDER}/admin.css")
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Bundle stylesheets: one request instead of twenty before a first-time visitor sees the page."""

    @cache  # noqa: B019, there is one storage, and its files do not change during the life of the process
    def url(self, name: str, force: bool = False) -> str:
        return super().url(name, force)

    def post_process(self, paths, dry_run=False, **options):
        storage = InMemoryStorage()
        for name in set(BUNDLES) & paths.keys():
            storage.save(name, ContentFile(bundled(name, partial(text_of, paths)).encode()))
            paths = {**paths, name: (storage, name)}
        yield from super().post_process(paths, dry_run, **options)


def bundled(name: str, read: Callable[[str], str]) -> str:
    """Return the text of a bundle. Only files in its own folder may use `url()`, which is relative to the file."""

    def whole(match) -> str:
        style = read(f"{FOLDER}/{match[1]}")
        if "/" in match[1] and "url(" in style:
            raise ValueError(f"{match[1]} names a file by url(), which would lead elsewhere from {name}.")
        return style

    return IMPORT.sub(whole, read(name))


def text_of(paths: dict, name: str) -> str:
    """Return the source text of a file that collectstatic found, not an earlier collected copy."""
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()

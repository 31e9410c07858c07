"""Static files as browsers get them: hashed, compressed, and all styles of the site, and of the admin, as one file."""

import re
from collections.abc import Callable
from functools import cache, partial

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

FOLDER = "css"
BUNDLES = (f"{FOLDER}/site.css", f"{FOLDER}/admin-all.css")
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """One request instead of twenty: whoever comes for the first time waits for a page's styles before seeing it."""

    @cache  # noqa: B019, there is one storage, and what it serves stays as it is while the process lives
    def url(self, name, force=False):
        return super().url(name, force)

    def post_process(self, paths, dry_run=False, **options):
        storage = InMemoryStorage()
        for name in set(BUNDLES) & paths.keys():
            storage.save(name, ContentFile(bundled(name, partial(text_of, paths)).encode()))
            paths = {**paths, name: (storage, name)}
        yield from super().post_process(paths, dry_run, **options)


def bundled(name: str, read: Callable[[str], str]) -> str:
    """Return the text of the bundle `name`. `read` takes the name of a static file and returns its text.

    Only files of the bundle's own folder may say `url()`, since an address is relative to the file that names it.
    """

    def whole(found) -> str:
        style = read(f"{FOLDER}/{found[1]}")
        if "/" in found[1] and "url(" in style:
            raise ValueError(f"{found[1]} names a file by url(), which would lead elsewhere from {name}.")
        return style

    return IMPORT.sub(whole, read(name))


def text_of(paths, name: str) -> str:
    """The text of a file that collectstatic found: as it stands in the source, not as it was collected before."""
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()

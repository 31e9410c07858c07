"""Every feed by its name: how its file is told from others, and what takes its records over."""

from catalog.importers.entries import Entry, UnreadableError
from catalog.importers.handler import Handler
from catalog.importers.litellm import importing as litellm
from catalog.importers.models_dev import importing as models_dev
from catalog.importers.running import Mode
from catalog.models import ImportRun
from catalog.rules.choices import Feed

IMPORTS = {Feed.MODELS_DEV: models_dev.import_models_dev, Feed.LITELLM: litellm.import_litellm}
FEEDS = {Feed.MODELS_DEV: models_dev, Feed.LITELLM: litellm}


def feed_of(data) -> Feed:
    """Return the feed that a file is of. Raises UnreadableError."""
    for feed, module in FEEDS.items():
        try:
            module.entries_of(data)
        except UnreadableError:
            continue
        return feed
    raise UnreadableError("This is no file of a feed that is known here.")


def import_any(data, address: str, mode: Mode, say, user=None) -> ImportRun:
    return IMPORTS[feed_of(data)](data, address, mode, say, user)


def handlers(run: ImportRun, entries: list[Entry], writes: bool = True) -> list[Handler]:
    """Return what writes these records of a run's feed, in order; without `writes`, what only compares them."""
    return FEEDS[run.feed].handlers(entries, run.data_on, run, writes=writes)

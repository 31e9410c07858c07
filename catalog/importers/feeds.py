"""The readers of all feeds, and the import of a whole feed."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils import timezone

from catalog.importers.entries import SourceEntry, UnreadableFeedError
from catalog.importers.handler import Handler
from catalog.importers.litellm import matching
from catalog.importers.litellm.offerings import LiteLLMHandler
from catalog.importers.models_dev import importing as models_dev
from catalog.importers.models_dev import shapes
from catalog.importers.running import running, source_of
from catalog.models import ImportRun, RunState
from catalog.rules.choices import ImportFeed


class FeedFormat(NamedTuple):
    """The functions that read one feed.

    `entries_of` raises UnreadableFeedError for a file of another format. `day_of` returns the date of the data, or
    None.
    `handlers` returns a handler for each kind of record, in order of dependency.
    """

    entries_of: Callable
    day_of: Callable
    handlers: Callable


READERS = {
    ImportFeed.MODELS_DEV: FeedFormat(shapes.entries_of, shapes.day_of, models_dev.handlers),
    ImportFeed.LITELLM: FeedFormat(
        matching.entries_of, lambda data: None, lambda entries, **how: [LiteLLMHandler(**how)]
    ),
}


def import_feed(data, address: str, ends_as: RunState, say, feed: ImportFeed | None = None) -> ImportRun:
    """Import new and changed records from a file of `feed`, which is detected if not given; `ends_as` as in `running`.

    Returns the run; its report lists records that were not matched and values that were not applied. Raises
    UnreadableFeedError for a file of another format.
    """
    feed = feed or feed_of(data)
    entries = READERS[feed].entries_of(data)
    with running(feed, address, READERS[feed].day_of(data) or timezone.localdate(), ends_as, say) as work:
        found = work.storable(entries) + work.missing_entries(entries)
        work.make_handlers = lambda: handlers(work.run, found)
        work.go(handlers(work.run, found, writes=work.writes), found)
    return work.run


def feed_of(data) -> ImportFeed:
    """Return the feed that the file belongs to. Raises UnreadableFeedError."""
    for feed, reader in READERS.items():
        try:
            reader.entries_of(data)
        except UnreadableFeedError:
            continue
        return feed
    raise UnreadableFeedError("This is no file of a feed that is known here.")


def handlers(run: ImportRun, entries: list[SourceEntry], writes: bool = True) -> list[Handler]:
    """Return the handlers for these entries in order of dependency; without `writes` they only compare."""
    source = source_of(run.feed, run.data_on) if writes else None
    return READERS[run.feed].handlers(entries, day=run.data_on, source=source, run=run)

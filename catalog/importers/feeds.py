"""Every feed by its name, and the whole import of any: its records kind by kind, then what it has no more."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils import timezone

from catalog.importers.entries import Entry, UnreadableError
from catalog.importers.handler import Handler
from catalog.importers.litellm import importing as litellm
from catalog.importers.litellm import matching
from catalog.importers.models_dev import importing as models_dev
from catalog.importers.models_dev import shapes
from catalog.importers.running import running
from catalog.models import ImportRun, RunState
from catalog.rules.choices import Feed


class Reader(NamedTuple):
    """`entries_of` raises UnreadableError for another file; `day_of` is the day of the data, if the file says it;
    `handlers` take over each kind of record, in the order in which one needs the other."""

    entries_of: Callable
    day_of: Callable
    handlers: Callable


READERS = {
    Feed.MODELS_DEV: Reader(shapes.entries_of, shapes.day_of, models_dev.handlers),
    Feed.LITELLM: Reader(matching.entries_of, lambda data: None, litellm.handlers),
}


def import_feed(data, address: str, ends_as: RunState, say, feed: Feed | None = None) -> ImportRun:
    """Take over what is new or changed in a file of `feed`, or of whatever feed it is of; `ends_as` as in `running`.

    Returns the run, whose report says what was not matched or not followed. Raises UnreadableError for another file.
    """
    feed = feed or feed_of(data)
    reader = READERS[feed]
    entries, day = reader.entries_of(data), reader.day_of(data) or timezone.localdate()
    with running(feed, address, day, ends_as, say) as work:
        storable = work.storable(entries)
        work.make_handlers = lambda: reader.handlers(storable, day, work.run, writes=True)
        for handler in reader.handlers(storable, day, work.run, writes=work.writes):
            work.go(handler, [entry for entry in storable if entry.kind == handler.kind])
        work.note_gone(entries, day)
    return work.run


def feed_of(data) -> Feed:
    """Return the feed that a file is of. Raises UnreadableError."""
    for feed, reader in READERS.items():
        try:
            reader.entries_of(data)
        except UnreadableError:
            continue
        return feed
    raise UnreadableError("This is no file of a feed that is known here.")


def handlers(run: ImportRun, entries: list[Entry], writes: bool = True) -> list[Handler]:
    """Return what writes these records of a run's feed, in order; without `writes`, what only compares them."""
    return READERS[run.feed].handlers(entries, run.data_on, run, writes=writes)

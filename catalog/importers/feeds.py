"""Every feed by its name, and the whole import of any: its records kind by kind, with what it has no more."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils import timezone

from catalog.importers.entries import Entry, UnreadableError
from catalog.importers.handler import Handler
from catalog.importers.litellm import matching
from catalog.importers.litellm.offerings import LiteLLMHandler
from catalog.importers.models_dev import importing as models_dev
from catalog.importers.models_dev import shapes
from catalog.importers.running import running, source_of
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
    Feed.LITELLM: Reader(matching.entries_of, lambda data: None, lambda entries, **how: [LiteLLMHandler(**how)]),
}


def import_feed(data, address: str, ends_as: RunState, say, feed: Feed | None = None) -> ImportRun:
    """Take over what is new or changed in a file of `feed`, or of whatever feed it is of; `ends_as` as in `running`.

    Returns the run, whose report says what was not matched or not followed. Raises UnreadableError for another file.
    """
    feed = feed or feed_of(data)
    entries = READERS[feed].entries_of(data)
    with running(feed, address, READERS[feed].day_of(data) or timezone.localdate(), ends_as, say) as work:
        found = work.storable(entries) + work.gone_from(entries)
        work.make_handlers = lambda: handlers(work.run, found)
        work.go(handlers(work.run, found, writes=work.writes), found)
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
    source = source_of(run.feed, run.data_on) if writes else None
    return READERS[run.feed].handlers(entries, day=run.data_on, source=source, run=run)

"""The feeds that can be imported, each with the functions that read it."""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.utils import timezone

from catalog.importers.binding import MatchHandler
from catalog.importers.entries import SourceEntry, UnreadableFeedError, at
from catalog.importers.handler import Handler
from catalog.importers.litellm.offerings import LiteLLMHandler
from catalog.importers.litellm.offerings import entries_of as litellm_entries
from catalog.importers.models_dev import offerings, shapes
from catalog.importers.models_dev.history import PriceHistoryHandler
from catalog.models import ImportRun, Source
from catalog.rules.choices import ImportFeed
from ops.http.fetch import FetchError, fetch

logger = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024 * 1024
NOT_A_FEED = f"This is not a JSON file of {' or '.join(map(str, ImportFeed.labels))}."


class Reader(NamedTuple):
    """The functions for one feed, its home, data and licence (SPDX). `entries_of` returns [] for another format.

    `handlers` returns one for each kind of record in these entries, in order of dependency.
    """

    address: str
    data_address: str
    licence: str
    entries_of: Callable
    handlers: Callable


READERS = {
    ImportFeed.MODELS_DEV: Reader(
        "https://models.dev/",
        "https://models.dev/api.json",
        "MIT",
        shapes.entries_of,
        lambda entries, *how: [*offerings.handlers(entries, *how), PriceHistoryHandler(*how)],
    ),
    ImportFeed.LITELLM: Reader(
        "https://github.com/BerriAI/litellm",
        "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
        "MIT",
        litellm_entries,
        lambda entries, *how: [LiteLLMHandler(*how)],
    ),
}


def entries_of(data: Any) -> tuple[ImportFeed, list[SourceEntry]]:
    """Return the feed that a file belongs to, and its records. Raises UnreadableFeedError."""
    for feed, reader in READERS.items():
        if entries := reader.entries_of(data):
            return feed, entries
    raise UnreadableFeedError(NOT_A_FEED)


def handlers(run: ImportRun, entries: list[SourceEntry], writes: bool = True) -> list[Handler]:
    """Return the handlers for these entries in order of dependency; without `writes` they only compare."""
    source = source_of(run) if writes else None
    return [*READERS[run.feed].handlers(entries, run, source), MatchHandler(run, source)]


def source_of(run: ImportRun) -> Source:
    """Return the source that represents the feed of a run, updated to the latest day."""
    feed, reader = ImportFeed(run.feed), READERS[run.feed]
    about = {
        "title": feed.label,
        "url": reader.address,
        "publisher": feed.label,
        "read_on": run.data_on,
        "note": "A list, imported.",
        "licence": reader.licence,
    }
    source, _ = Source.objects.get_or_create(feed=feed, defaults=about)
    if source.read_on < run.data_on:
        source.read_on = run.data_on
        source.save(update_fields=["read_on"])
    return source


def is_address(place: str) -> bool:
    return "://" in place


def day_of(data: object, place: str) -> date:
    """Return the day that the data state, or else that on which the file was last modified; of an address, today.

    It is never after today, because a price that begins in the future would not be seen by the next import.
    """
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(str(at(data, "_source.commit_date"))[:10]), today)
    except ValueError:
        is_file = not is_address(place) and Path(place).is_file()
        return min(date.fromtimestamp(Path(place).stat().st_mtime), today) if is_file else today


def read(place: str) -> Any:
    """Return the parsed JSON of a file or address. Raises UnreadableFeedError with a sentence."""
    try:
        content = fetch(place, most_bytes=MOST_BYTES) if is_address(place) else Path(place).read_bytes()
    except FetchError as error:
        raise UnreadableFeedError(str(error)) from error
    except OSError as error:
        raise UnreadableFeedError(f"{place} cannot be read: {error.strerror}.") from error
    return parsed(content, place)


def parsed(content: bytes, place: str) -> Any:
    """Return parsed JSON. Raises UnreadableFeedError; the log says where in `place` it is wrong."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        logger.info("%s is not JSON: %s", place, error)
        raise UnreadableFeedError(NOT_A_FEED) from error

"""Read the data of a feed from a local file or a web address."""

from pathlib import Path

import orjson

from catalog.importers.entries import UnreadableFeedError
from ops.http.fetch import FetchError, fetch

MOST_BYTES = 64 * 1024 * 1024


def is_address(place: str) -> bool:
    return "://" in place


def read(place: str):
    """Return the parsed JSON of a file or address. Raises UnreadableFeedError with a sentence."""
    try:
        content = fetch(place, most_bytes=MOST_BYTES) if is_address(place) else _file(Path(place))
    except FetchError as error:
        raise UnreadableFeedError(str(error)) from error
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise UnreadableFeedError(f"{place} is no JSON: {error}.") from error


def _file(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFeedError(f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB.")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFeedError(f"{path} cannot be read: {error.strerror}.") from error

"""Cursors: the position of a partner in the feed, signed so that altered ones are rejected."""

from collections.abc import Iterable
from typing import NamedTuple

from django.core import signing

from catalog.sync.declaration import TYPES
from catalog.sync.head import Head

VERSION = "1"
SIGNER = signing.Signer(sep=".", salt="catalog.feed.cursor")
LONGEST = 300


class CursorError(Exception):
    """The cursor is not valid.

    `problem` is its name in the documentation. `types` are the known types of a cursor that was issued here, with which
    the walk can start again.
    """

    def __init__(self, problem: str, types: Iterable[str] = ()):
        super().__init__(problem)
        self.problem, self.types = problem, tuple(name for name in TYPES if name in types)


class Cursor(NamedTuple):
    """A position in the feed: everything up to number `seq` was sent.

    A client that began without a copy, when the head was `start`, needs no tombstones up to that number.
    """

    epoch: str
    types: tuple[str, ...]
    seq: int = 0
    start: int = 0

    @property
    def text(self) -> str:
        types = "_".join(self.types)
        return SIGNER.sign(f"{VERSION}.{self.epoch}.{self.seq}.{self.start}.{types}")


def parse(text: str, head: Head) -> Cursor:
    """Return the cursor for `text`. Raises CursorError."""
    try:
        if len(text) > LONGEST or not text.isascii():
            raise signing.BadSignature
        version, epoch, *rest = SIGNER.unsign(text).split(".")
    except signing.BadSignature as error:
        raise CursorError("cursor-invalid") from error
    if version != VERSION:
        raise CursorError("cursor-foreign")
    seq, start, types = rest
    cursor = Cursor(epoch, tuple(types.split("_")), int(seq), int(start))
    is_ahead = max(cursor.seq, cursor.start) > head.number
    if epoch != head.epoch or is_ahead or not TYPES.keys() >= {*cursor.types}:
        raise CursorError("cursor-foreign", cursor.types)
    if max(cursor.seq, cursor.start) < head.horizon:
        raise CursorError("cursor-expired", cursor.types)
    return cursor

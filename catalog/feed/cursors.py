"""Where a partner stands in the feed: signed, so that nobody has to guess what an altered one may ask for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core import signing

from catalog.feed.declaration import TYPES
from catalog.feed.head import Head

VERSION = "1"
SIGNER = signing.Signer(sep=".", salt="catalog.feed.cursor")
LONGEST = 300


class InvalidCursorError(Exception):
    """It is none of ours."""


class VoidCursorError(Exception):
    """It was given out here, and the walk must begin again: of `types`, those that it was for and that are known."""

    def __init__(self, types: Iterable[str]):
        super().__init__()
        self.types = tuple(name for name in TYPES if name in types)


class ForeignCursorError(VoidCursorError):
    """It is of another database, or of this one as it was before it was restored."""


class ExpiredCursorError(VoidCursorError):
    """Tombstones that it has not seen were thrown away."""


@dataclass(frozen=True)
class Cursor:
    """`seq` is the number up to which everything was sent. Who began without a copy, when the head was `start`, needs
    no tombstones up to there."""

    epoch: str
    types: tuple[str, ...]
    seq: int = 0
    start: int = 0

    @property
    def text(self) -> str:
        types = "_".join(self.types)
        return SIGNER.sign(f"{VERSION}.{self.epoch}.{self.seq}.{self.start}.{types}")

    def at(self, seq: int) -> "Cursor":
        return replace(self, seq=seq)


def parse(text: str, head: Head) -> Cursor:
    """Return the cursor that `text` writes. Raises one of the errors above."""
    try:
        if len(text) > LONGEST or not text.isascii():
            raise signing.BadSignature
        version, epoch, *rest = SIGNER.unsign(text).split(".")
    except signing.BadSignature as error:
        raise InvalidCursorError from error
    if version != VERSION:
        raise ForeignCursorError(())
    seq, start, types = rest
    cursor = Cursor(epoch, tuple(types.split("_")), int(seq), int(start))
    is_ahead = max(cursor.seq, cursor.start) > head.number
    if epoch != head.epoch or is_ahead or not TYPES.keys() >= {*cursor.types}:
        raise ForeignCursorError(cursor.types)
    if max(cursor.seq, cursor.start) < head.horizon:
        raise ExpiredCursorError(cursor.types)
    return cursor

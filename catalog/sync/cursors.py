"""Where a partner stands in the feed: signed, so that nobody has to guess what an altered one may ask for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core import signing

from catalog.sync.declaration import TYPES
from catalog.sync.head import Head

VERSION = "1"
SIGNER = signing.Signer(sep=".", salt="catalog.feed.cursor")
LONGEST = 300


class CursorError(Exception):
    """`problem` is its name in the documentation. `types`, of a cursor that was given out here, are those that it was
    for and that are known: the walk begins again with them."""

    def __init__(self, problem: str, types: Iterable[str] = ()):
        super().__init__(problem)
        self.problem, self.types = problem, tuple(name for name in TYPES if name in types)


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
    """Return the cursor that `text` writes. Raises CursorError."""
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

"""Pages of the feed and the manifest, joined from stored bytes; and cursors, signed so that altered ones fail."""

from collections.abc import Iterable
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import NamedTuple

from django.core import signing
from django.core.cache import cache
from django.db.models import QuerySet

from catalog.documents.sync.canonical import digest_of
from catalog.documents.sync.declaration import TYPES
from catalog.documents.sync.head import Head
from catalog.models import FeedEntry

VERSION = "1"
SIGNER = signing.Signer(sep=".", salt="catalog.feed.cursor")
LONGEST_CURSOR = 300


class CursorError(Exception):
    """`problem` is its name in the documentation; `types` are those of a cursor issued here, for a new start."""

    def __init__(self, problem: str, types: Iterable[str] = ()):
        super().__init__(problem)
        self.problem, self.types = problem, tuple(name for name in TYPES if name in types)


class Cursor(NamedTuple):
    """Everything up to `seq` was sent. A client that began empty at the head `start` needs no tombstones up to it."""

    epoch: str
    types: tuple[str, ...]
    seq: int = 0
    start: int = 0

    @property
    def text(self) -> str:
        types = "_".join(self.types)
        return SIGNER.sign(f"{VERSION}.{self.epoch}.{self.seq}.{self.start}.{types}")


def parse_cursor(text: str, head: Head) -> Cursor:
    """Return the cursor for `text`. Raises CursorError."""
    try:
        if len(text) > LONGEST_CURSOR or not text.isascii():
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


COLUMNS = ("seq", "type", "object_id", "hash", "stamped_at", "body", "is_deleted", "reason", "merged_into")
DIGEST_SECONDS = 86_400


def record_head(seq: int, type_name: str, object_id: str, hash_: str, changed_at: datetime) -> str:
    """Return the part of a record before its document, without the opening brace. It is ASCII."""
    head = f'"type":"{type_name}","id":"{object_id}","seq":{seq},"hash":"{hash_}"'
    return f'{head},"changed_at":"{_moment(changed_at)}","data":'


def record_line(seq: int, type_name: str, object_id: str, hash_: str, changed_at: datetime, body: str) -> str:
    """Return a record in the form of exports and the feed, without the opening brace."""
    return f"{record_head(seq, type_name, object_id, hash_, changed_at)}{body}}}"


def _moment(value: datetime | str) -> str:
    """Return a time in UTC to the second. SQLite returns text in UTC."""
    text = value if isinstance(value, str) else value.astimezone(UTC).isoformat()
    return f"{text[:10]}T{text[11:19]}Z"


def _item(seq, type_name, object_id, hash_, changed_at, body, is_deleted, reason, merged_into) -> str:
    if not is_deleted:
        return '{"op":"upsert",' + record_line(seq, type_name, object_id, hash_, changed_at, body)
    into = f'"{merged_into}"' if merged_into else "null"
    return (
        f'{{"op":"delete","type":"{type_name}","id":"{object_id}","seq":{seq},'
        f'"reason":"{reason}","merged_into":{into}}}'
    )


def feed_page(cursor: Cursor, limit: int, head: Head) -> tuple[bytes, Cursor, bool]:
    """Return the page, the next cursor and whether there are more. At most one query per type, at any depth."""
    rows = _entries_after(cursor, limit + 1, head)
    has_more = len(rows) > limit
    rows = rows[:limit]
    goes_on = cursor._replace(seq=rows[-1][0] if has_more else head.number)
    items = ",".join([_item(*row) for row in rows])
    has_more_text = "true" if has_more else "false"
    page = f'{{"cursor":"{goes_on.text}","has_more":{has_more_text},"items":[{items}]}}'
    return page.encode(), goes_on, has_more


def _entries_after(cursor: Cursor, limit: int, head: Head) -> list[tuple]:
    entries = FeedEntry.objects.filter(seq__gt=cursor.seq, seq__lte=head.number).order_by("seq")
    if cursor.seq < cursor.start:
        entries = entries.exclude(seq__lte=cursor.start, is_deleted=True)
    if len(cursor.types) == len(TYPES):
        return list(entries.values_list(*COLUMNS)[:limit])
    # One query per type, because numbers of a rare type are far apart in the index over all types.
    of_each = [entries.filter(type=name).values_list(*COLUMNS)[:limit] for name in cursor.types]
    return list(islice(merge(*of_each, key=lambda row: row[0]), limit))


def items_of(types: tuple[str, ...], ids: list[str]) -> bytes:
    """Return the current items of these ids, live or deleted; unknown ids are left out. One query."""
    entries = FeedEntry.objects.filter(type__in=types, object_id__in=ids).order_by("seq")
    items = ",".join([_item(*row) for row in entries.values_list(*COLUMNS)])
    return f'{{"items":[{items}]}}'.encode()


def hashes(types: tuple[str, ...]) -> QuerySet[FeedEntry, tuple[str, str, str]]:
    """Return (type, id, hash) of live records, sorted by bytes.

    Every database sorts types and ids as bytes: they are lower-case letters, digits and, at fixed places, hyphens.
    """
    rows = FeedEntry.objects.live().order_by("type", "object_id").values_list("type", "object_id", "hash")
    return rows if len(types) == len(TYPES) else rows.filter(type__in=types)


def digest(types: tuple[str, ...], head: Head) -> tuple[str, int]:
    """Return the digest and the number of live records, cached per head. Call it within the snapshot of `head`."""
    key = f"feed-digest:{head.epoch}:{head.number}:{'_'.join(types)}"
    cached = cache.get(key)
    if cached is None:
        cached = digest_of(hashes(types).iterator(chunk_size=2_000))
        cache.set(key, cached, DIGEST_SECONDS)
    return cached

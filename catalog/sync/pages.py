"""Pages of the feed and of the manifest: stored documents joined as bytes."""

from datetime import UTC, datetime
from heapq import merge
from itertools import chain, islice

from django.core.cache import cache

from catalog.models import FeedEntry
from catalog.sync.canonical import digest_of
from catalog.sync.cursors import Cursor
from catalog.sync.declaration import TYPES
from catalog.sync.head import Head

COLUMNS = ("seq", "type", "object_id", "hash", "stamped_at", "body", "is_deleted", "reason", "merged_into")
DIGEST_SECONDS = 86_400


def record_head(seq: int, type_name: str, object_id: str, hash_: str, changed_at) -> str:
    """Return what stands before the document of a record, but for the first brace. It is ASCII."""
    head = f'"type":"{type_name}","id":"{object_id}","seq":{seq},"hash":"{hash_}"'
    return f'{head},"changed_at":"{_moment(changed_at)}","data":'


def record_line(seq: int, type_name: str, object_id: str, hash_: str, changed_at, body: str) -> str:
    """Return a record as exports and the feed write it, without its first brace."""
    return f"{record_head(seq, type_name, object_id, hash_, changed_at)}{body}}}"


def _moment(value: datetime | str) -> str:
    """Return a moment in UTC to the second. The database gives text in UTC."""
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
    """Return a page of items after `cursor`, the cursor to go on with, and whether there is more. One query a type
    at most, however deep."""
    rows = _entries_after(cursor, limit + 1, head)
    has_more = len(rows) > limit
    rows = rows[:limit]
    goes_on = cursor.at(rows[-1][0] if has_more else head.number)
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
    # One by one, since among the numbers of all types those of a rare one lie far apart.
    of_each = [entries.filter(type=name).values_list(*COLUMNS)[:limit] for name in cursor.types]
    return list(islice(merge(*of_each, key=lambda row: row[0]), limit))


def items_of(types, ids: list[str]) -> bytes:
    """Return the present items of those of the records `ids` that partners know, live or gone. One query."""
    entries = FeedEntry.objects.filter(type__in=types, object_id__in=ids).order_by("seq")
    items = ",".join([_item(*row) for row in entries.values_list(*COLUMNS)])
    return f'{{"items":[{items}]}}'.encode()


def manifest_rows(types, after: tuple[str, str], limit: int) -> list[tuple[str, str, str]]:
    """Return (type, id, hash) of live records behind `after`, in the order of their bytes. One query a type at most.

    Types and ids are of small letters, digits and, at fixed places, hyphens: any database sorts those as bytes.
    """
    found: list[tuple] = []
    for name in sorted(types):
        if name < after[0] or len(found) == limit:
            continue
        rows = FeedEntry.objects.live().filter(type=name).order_by("object_id")
        if name == after[0]:
            rows = rows.filter(object_id__gt=after[1])
        found += rows.values_list("type", "object_id", "hash")[: limit - len(found)]
    return found


def digest(types, head: Head) -> tuple[str, int]:
    """Return the digest of all live records of `types` and their number; worked out once for each head.

    To be called within the snapshot of which `head` is.
    """
    key = f"feed-digest:{head.epoch}:{head.number}:{'_'.join(types)}"
    known = cache.get(key)
    if known is None:
        live = FeedEntry.objects.live()
        each = (live.filter(type=name).order_by("object_id") for name in sorted(types))
        rows = (rows.values_list("type", "object_id", "hash").iterator(chunk_size=2_000) for rows in each)
        known = digest_of(chain.from_iterable(rows))
        cache.set(key, known, DIGEST_SECONDS)
    return known

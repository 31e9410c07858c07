"""Comparing documents with what is stored, and storing what differs, with its number."""

from dataclasses import dataclass

from django.utils import timezone

from catalog.documents.compose import documents as composed
from catalog.documents.load import names_of
from catalog.feed.canonical import canonical, hash_of
from catalog.feed.declaration import TYPES
from catalog.feed.dependents import merged_into
from catalog.models import FeedEntry

CHANGING = ["row_id", "seq", "is_deleted", "reason", "merged_into", "hash", "body", "stamped_at"]


@dataclass(frozen=True)
class Said:
    """What is to be said of one record; equal where nothing is new."""

    is_deleted: bool
    reason: str = ""
    merged_into: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Stamped:
    """How many entries were stored, the documents of those that are live, and the keys of records that became public or
    ceased to be."""

    count: int
    documents: dict[int, dict]
    turned: set[int]


def stamp_records(name: str, keys, after: int) -> Stamped:
    """Store the entries of those records of one type of which something new is to be said.

    Their numbers follow `after`, in the order of the keys.
    """
    keys = list(keys)
    documents = composed(name, keys)
    bodies = {key: canonical(document) for key, document in documents.items()}
    ids = {key: document["id"] for key, document in documents.items()}
    stored = _stored(name, keys, ids.values())
    said = {(ids[key], key): Said(False, hash=hash_of(body)) for key, body in bodies.items()}
    said |= _departed(name, [entry for entry in stored.values() if entry.object_id not in {*ids.values()}], ids)
    before = {key: Said(entry.is_deleted, entry.reason, entry.merged_into, entry.hash) for key, entry in stored.items()}
    new = {place: what for place, what in said.items() if before.get(place[0]) != what}
    now = timezone.now()
    FeedEntry.objects.bulk_create(
        (
            FeedEntry(
                type=name,
                object_id=object_id,
                row_id=key,
                seq=seq,
                is_deleted=what.is_deleted,
                reason=what.reason,
                merged_into=what.merged_into,
                hash=what.hash,
                body="" if what.is_deleted else bodies[key].decode(),
                stamped_at=now,
            )
            for seq, ((object_id, key), what) in enumerate(
                sorted(new.items(), key=lambda item: item[0][1]), start=after + 1
            )
        ),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["type", "object_id"],
        update_fields=CHANGING,
    )
    unknown = Said(is_deleted=True)
    turned = {
        key for (object_id, key), what in new.items() if what.is_deleted != before.get(object_id, unknown).is_deleted
    }
    return Stamped(len(new), documents, turned)


def _stored(name: str, keys, ids) -> dict[str, FeedEntry]:
    """The entries that these rows have, and those that their ids had before, by id."""
    entries = FeedEntry.objects.filter(type=name).defer("body").order_by()
    found = {entry.object_id: entry for entry in entries.filter(row_id__in=keys)}
    missing = [object_id for object_id in ids if object_id not in found]
    return found | {entry.object_id: entry for entry in entries.filter(object_id__in=missing)}


def _departed(name: str, entries: list[FeedEntry], ids: dict[int, str]) -> dict[tuple[str, int], Said]:
    """What is to be said of records that partners know and that are public no more."""
    if not entries:
        return {}
    model, keys = TYPES[name], [entry.row_id for entry in entries]
    kept = model._base_manager.filter(pk__in=keys)
    if hasattr(model, "deleted_at"):
        kept = kept.filter(deleted_at=None)
    kept = set(kept.order_by().values_list("pk", flat=True))
    into = merged_into(name, keys)
    named = names_of(model, into.values()) if into else {}
    said = {}
    for entry in entries:
        key = entry.row_id
        if key in kept and key not in ids:
            what = Said(True, FeedEntry.Reason.UNPUBLISHED)
        elif key in into:
            what = Said(True, FeedEntry.Reason.MERGED, named.get(into[key], {}).get("id", ""))
        else:
            what = Said(True, FeedEntry.Reason.DELETED)
        said[(entry.object_id, key)] = what
    return said

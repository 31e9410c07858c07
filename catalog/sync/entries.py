"""Compare documents with the stored entries, and store changed ones with a new number."""

from collections.abc import Container

from django.utils import timezone

from catalog.documents.compose import documents as composed
from catalog.documents.compose import names_of
from catalog.models import FeedEntry
from catalog.sync.canonical import canonical, hash_of
from catalog.sync.declaration import TYPES
from catalog.sync.dependents import merged_into

CHANGING = ["row_id", "seq", "is_deleted", "reason", "merged_into", "hash", "body", "stamped_at"]


def stamp_records(name: str, keys, after: int) -> tuple[list[int], set[int]]:
    """Store new entries for the records of one type that changed.

    Their numbers follow `after`, in the order of the keys. Returns the record key of each new entry, and the keys of
    records that became public or ceased to be.
    """
    keys, now = list(keys), timezone.now()
    documents, entries = composed(name, keys), []
    for key, document in documents.items():
        body = canonical(document)
        about = {"hash": hash_of(body), "body": body.decode()}
        entries.append(FeedEntry(type=name, object_id=document["id"], row_id=key, **about))
    ids = {entry.object_id for entry in entries}
    stored = _stored(name, keys, ids)
    entries += _departed(name, [entry for object_id, entry in stored.items() if object_id not in ids], documents)
    new = [entry for entry in entries if _said(entry) != _said(stored.get(entry.object_id))]
    for seq, entry in enumerate(sorted(new, key=lambda entry: entry.row_id), start=after + 1):
        entry.seq, entry.stamped_at = seq, now
    FeedEntry.objects.bulk_create(
        new, batch_size=500, update_conflicts=True, unique_fields=["type", "object_id"], update_fields=CHANGING
    )
    was_live = {object_id for object_id, entry in stored.items() if not entry.is_deleted}
    turned = {entry.row_id for entry in new if entry.is_deleted == (entry.object_id in was_live)}
    return [entry.row_id for entry in new], turned


def _said(entry: FeedEntry | None) -> tuple:
    """Return the values by which entries are compared; () for None."""
    return (entry.is_deleted, entry.reason, entry.merged_into, entry.hash) if entry else ()


def _stored(name: str, keys, ids) -> dict[str, FeedEntry]:
    """Return the stored entries of these rows, and of rows that formerly had these ids, by id."""
    entries = FeedEntry.objects.filter(type=name).defer("body").order_by()
    found = {entry.object_id: entry for entry in entries.filter(row_id__in=keys)}
    missing = [object_id for object_id in ids if object_id not in found]
    return found | {entry.object_id: entry for entry in entries.filter(object_id__in=missing)}


def _departed(name: str, entries: list[FeedEntry], public: Container[int]) -> list[FeedEntry]:
    """Return tombstones for records in the feed that are no longer public."""
    if not entries:
        return []
    model, keys = TYPES[name], [entry.row_id for entry in entries]
    kept = model._base_manager.filter(pk__in=keys)
    if hasattr(model, "deleted_at"):
        kept = kept.filter(deleted_at=None)
    kept = set(kept.order_by().values_list("pk", flat=True))
    into = merged_into(name, keys)
    named = names_of(model, into.values()) if into else {}
    found = []
    for entry in entries:
        key, about = entry.row_id, {"reason": FeedEntry.Reason.DELETED}
        if key in kept and key not in public:
            about = {"reason": FeedEntry.Reason.UNPUBLISHED}
        elif key in into:
            merged = named.get(into[key], {}).get("id", "")
            about = {"reason": FeedEntry.Reason.MERGED, "merged_into": merged}
        found.append(FeedEntry(type=name, object_id=entry.object_id, row_id=key, is_deleted=True, **about))
    return found

"""From marks to the records that they concern, and from their documents to entries with a new number."""

from collections import defaultdict
from collections.abc import Container, Iterable

from django.db.models import Q
from django.utils import timezone

from catalog import models
from catalog.documents.compose import documents as composed
from catalog.documents.compose import names_of
from catalog.documents.sync.canonical import canonical, hash_of
from catalog.documents.sync.declaration import TYPES, ChangeKind, part_of
from catalog.models import FeedEntry

CHANGING = ["row_id", "seq", "is_deleted", "reason", "merged_into", "hash", "body", "stamped_at"]
# References to records of other types: type, table, column of the reference, and columns of the referring records.
NAMED = (
    (ChangeKind.VENDOR, models.ModelVendor, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.VENDOR, models.Family, "vendor_id", {"family": "id"}),
    (ChangeKind.MODALITY, models.ModelInputModality, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.MODALITY, models.ModelOutputModality, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.FAMILY, models.AIModel, "family_id", {"model": "id"}),
    (ChangeKind.PROVIDER, models.Offering, "provider_id", {"offering": "id"}),
    (ChangeKind.PROVIDER, models.Vendor, "reference_provider_id", {"vendor": "id"}),
    (ChangeKind.PROVIDER, models.ModelVendor, "tag__reference_provider_id", {"model": "content_object_id"}),
    (ChangeKind.PROVIDER, models.Family, "vendor__reference_provider_id", {"family": "id"}),
    (ChangeKind.MODEL, models.Offering, "model_id", {"offering": "id"}),
    (ChangeKind.MODEL, models.AIModel, "replaced_by_id", {"model": "id"}),
    (ChangeKind.MODEL, models.LifecycleEvent, "replaced_by_id", {"model": "model_id", "offering": "offering_id"}),
)
EVIDENCE_OF = {
    "provider": ("provider",),
    "model": ("model", "event__model"),
    "offering": ("offering", "price__offering", "event__offering"),
}
EVENT_OWNERS = {"model": "model_id", "offering": "offering_id"}


def stamp_records(name: str, keys: Iterable[int], after: int) -> tuple[list[int], set[int]]:
    """Store new entries for the changed records of one type, with numbers after `after` in the order of the keys.

    Returns the record key of each new entry, and the keys of records that became public or ceased to be.
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
    new = [entry for entry in entries if _content(entry) != _content(stored.get(entry.object_id))]
    for seq, entry in enumerate(sorted(new, key=lambda entry: entry.row_id), start=after + 1):
        entry.seq, entry.stamped_at = seq, now
    FeedEntry.objects.bulk_create(
        new, batch_size=500, update_conflicts=True, unique_fields=["type", "object_id"], update_fields=CHANGING
    )
    was_live = {object_id for object_id, entry in stored.items() if not entry.is_deleted}
    turned = {entry.row_id for entry in new if entry.is_deleted == (entry.object_id in was_live)}
    return [entry.row_id for entry in new], turned


def _content(entry: FeedEntry | None) -> tuple:
    """Return the values by which entries are compared; () for None."""
    return (entry.is_deleted, entry.reason, entry.merged_into, entry.hash) if entry else ()


def _stored(name: str, keys, ids) -> dict[str, FeedEntry]:
    """Return the stored entries of these rows, and of rows that formerly had these ids, by id."""
    entries = FeedEntry.objects.filter(type=name).defer("body").order_by()
    entry_by_id = {entry.object_id: entry for entry in entries.filter(row_id__in=keys)}
    missing = [object_id for object_id in ids if object_id not in entry_by_id]
    return entry_by_id | {entry.object_id: entry for entry in entries.filter(object_id__in=missing)}


def _departed(name: str, entries: list[FeedEntry], public: Container[int]) -> list[FeedEntry]:
    """Return tombstones for records in the feed that are no longer public."""
    if not entries:
        return []
    model, keys = TYPES[name], [entry.row_id for entry in entries]
    records = model._base_manager.filter(pk__in=keys)
    if hasattr(model, "deleted_at"):
        records = records.filter(deleted_at=None)
    present = set(records.order_by().values_list("pk", flat=True))
    rows = models.MergedRecord.objects.of(model).filter(record_id__in=keys)
    into = dict(rows.values_list("record_id", "into_id"))
    reference_by_key = names_of(model, into.values()) if into else {}
    tombstones = []
    for entry in entries:
        key, about = entry.row_id, {"reason": FeedEntry.Reason.DELETED}
        if key in present and key not in public:
            about = {"reason": FeedEntry.Reason.UNPUBLISHED}
        elif key in into:
            merged = reference_by_key.get(into[key], {}).get("id", "")
            about = {"reason": FeedEntry.Reason.MERGED, "merged_into": merged}
        tombstones.append(FeedEntry(type=name, object_id=entry.object_id, row_id=key, is_deleted=True, **about))
    return tombstones


def records_behind(marks: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    """Return the primary keys of records whose documents may have changed, by type, following the present references.

    A changed reference has left marks for both the old and the new record.
    """
    marked = defaultdict(set)
    for kind, key in marks:
        marked[kind].add(key)
    _follow(marked, ChangeKind.PRICE, models.Price, "id", {ChangeKind.OFFERING: "offering_id"}, into=marked)
    keys_by_type = defaultdict(set)
    _follow(marked, ChangeKind.EVENT, models.LifecycleEvent, "id", EVENT_OWNERS, into=keys_by_type)
    for kind, model, column, owners in NAMED:
        _follow(marked, kind, model, column, owners, into=keys_by_type)
    if marked[ChangeKind.MODALITY]:
        listed = models.Offering.objects.filter(Q(input_modalities__isnull=False) | Q(output_modalities__isnull=False))
        keys_by_type["offering"].update(listed.order_by().values_list("pk", flat=True))
    for name in TYPES:
        # After a merge the row, and with it the type, may be gone. Checking a key too many does no harm.
        keys_by_type[name] |= marked[name] | marked[part_of(name)] | marked[ChangeKind.MERGED]
        if marked[name]:
            # Tombstones of records that were merged into these name them while they are public.
            merged = models.MergedRecord.objects.of(TYPES[name]).filter(into_id__in=marked[name])
            keys_by_type[name].update(merged.values_list("record_id", flat=True))
    return keys_by_type


def sources_of(name: str, keys: Iterable[int]) -> set[int]:
    """Return the keys of the sources of these records or of parts of them."""
    sources = set()
    for path in EVIDENCE_OF.get(name, ()):
        rows = models.Evidence.objects.filter(**{f"{path}__in": keys}).order_by()
        sources.update(rows.values_list("source_id", flat=True).distinct())
    return sources


def _follow(marked, kind, model, column, owners, into):
    """Add, by type, the values of the columns `owners` in rows whose `column` is marked."""
    if marked[kind]:
        rows = model._base_manager.filter(**{f"{column}__in": marked[kind]}).order_by()
        for row in rows.values_list(*owners.values()):
            for name, key in zip(owners, row, strict=True):
                if key is not None:
                    into[name].add(key)

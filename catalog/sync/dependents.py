"""From marks to the records whose documents must be composed again."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import batched

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from catalog.models import (
    AIModel,
    Evidence,
    Family,
    LifecycleEvent,
    MergedRecord,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Price,
)
from catalog.sync.declaration import TYPES, ChangeKind, part_of

# References to records of other types: type, table, column of the reference, and columns of the referring records.
NAMED = (
    (ChangeKind.VENDOR, ModelVendor, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.VENDOR, Family, "vendor_id", {"family": "id"}),
    (ChangeKind.MODALITY, ModelInputModality, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.MODALITY, ModelOutputModality, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.FAMILY, AIModel, "family_id", {"model": "id"}),
    (ChangeKind.PROVIDER, Offering, "provider_id", {"offering": "id"}),
    (ChangeKind.MODEL, Offering, "model_id", {"offering": "id"}),
    (ChangeKind.MODEL, AIModel, "replaced_by_id", {"model": "id"}),
    (ChangeKind.MODEL, LifecycleEvent, "replaced_by_id", {"model": "model_id", "offering": "offering_id"}),
)
EVIDENCE_OF = {
    "provider": ("provider",),
    "model": ("model", "event__model"),
    "offering": ("offering", "price__offering", "event__offering"),
}
EVENT_OWNERS = {"model": "model_id", "offering": "offering_id"}
KEYS_AT_ONCE = 10_000


def records_behind(marks: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    """Return the primary keys of records whose documents may have changed, by type, following the present references.

    A changed reference has left marks for both the old and the new record.
    """
    marked = defaultdict(set)
    for kind, key in marks:
        marked[kind].add(key)
    _follow(marked, ChangeKind.PRICE, Price, "id", {ChangeKind.OFFERING: "offering_id"}, into=marked)
    found = defaultdict(set)
    _follow(marked, ChangeKind.EVENT, LifecycleEvent, "id", EVENT_OWNERS, into=found)
    for kind, model, column, owners in NAMED:
        _follow(marked, kind, model, column, owners, into=found)
    if marked[ChangeKind.MODALITY]:
        listed = Offering.objects.filter(Q(input_modalities__isnull=False) | Q(output_modalities__isnull=False))
        found["offering"].update(listed.order_by().values_list("pk", flat=True))
    for name in TYPES:
        # After a merge the row, and with it the type, may be gone. Checking a key too many does no harm.
        found[name] |= marked[name] | marked[part_of(name)] | marked[ChangeKind.MERGED]
        _add_merged(name, marked[name], found[name])
    return found


def sources_of(name: str, keys) -> set[int]:
    """Return the keys of the sources of these records or of parts of them."""
    found = set()
    for some in batched(sorted(keys), KEYS_AT_ONCE):
        for path in EVIDENCE_OF.get(name, ()):
            rows = Evidence.objects.filter(**{f"{path}__in": some}).order_by()
            found.update(rows.values_list("source_id", flat=True).distinct())
    return found


def _follow(marked, kind, model, column, owners, into):
    """Add, by type, the values of the columns `owners` in rows whose `column` is marked."""
    for some in batched(sorted(marked[kind]), KEYS_AT_ONCE):
        rows = model._base_manager.filter(**{f"{column}__in": some}).order_by()
        for row in rows.values_list(*owners.values()):
            for name, key in zip(owners, row, strict=True):
                if key is not None:
                    into[name].add(key)


def _add_merged(name: str, keys, found: set[int]):
    """Add records that were merged into these, because their tombstones name the target while it is public."""
    for some in batched(sorted(keys), KEYS_AT_ONCE):
        merged = MergedRecord.objects.filter(record_type=_content_type(name), into_id__in=some)
        found.update(merged.values_list("record_id", flat=True))


def merged_into(name: str, keys) -> dict[int, int]:
    """Map the keys of merged records to those of the records that replaced them."""
    found = {}
    for some in batched(sorted(keys), KEYS_AT_ONCE):
        rows = MergedRecord.objects.filter(record_type=_content_type(name), record_id__in=some)
        found.update(rows.values_list("record_id", "into_id"))
    return found


def _content_type(name: str) -> ContentType:
    return ContentType.objects.get_for_model(TYPES[name])

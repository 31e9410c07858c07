"""From marks to the records whose documents must be composed again."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from catalog import models
from catalog.sync.declaration import TYPES, ChangeKind, part_of

# References to records of other types: type, table, column of the reference, and columns of the referring records.
NAMED = (
    (ChangeKind.VENDOR, models.ModelVendor, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.VENDOR, models.Family, "vendor_id", {"family": "id"}),
    (ChangeKind.MODALITY, models.ModelInputModality, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.MODALITY, models.ModelOutputModality, "tag_id", {"model": "content_object_id"}),
    (ChangeKind.FAMILY, models.AIModel, "family_id", {"model": "id"}),
    (ChangeKind.PROVIDER, models.Offering, "provider_id", {"offering": "id"}),
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


def records_behind(marks: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    """Return the primary keys of records whose documents may have changed, by type, following the present references.

    A changed reference has left marks for both the old and the new record.
    """
    marked = defaultdict(set)
    for kind, key in marks:
        marked[kind].add(key)
    _follow(marked, ChangeKind.PRICE, models.Price, "id", {ChangeKind.OFFERING: "offering_id"}, into=marked)
    found = defaultdict(set)
    _follow(marked, ChangeKind.EVENT, models.LifecycleEvent, "id", EVENT_OWNERS, into=found)
    for kind, model, column, owners in NAMED:
        _follow(marked, kind, model, column, owners, into=found)
    if marked[ChangeKind.MODALITY]:
        listed = models.Offering.objects.filter(Q(input_modalities__isnull=False) | Q(output_modalities__isnull=False))
        found["offering"].update(listed.order_by().values_list("pk", flat=True))
    for name in TYPES:
        # After a merge the row, and with it the type, may be gone. Checking a key too many does no harm.
        found[name] |= marked[name] | marked[part_of(name)] | marked[ChangeKind.MERGED]
        if marked[name]:
            # Tombstones of records that were merged into these name them while they are public.
            merged = models.MergedRecord.objects.of(TYPES[name]).filter(into_id__in=marked[name])
            found[name].update(merged.values_list("record_id", flat=True))
    return found


def sources_of(name: str, keys: Iterable[int]) -> set[int]:
    """Return the keys of the sources of these records or of parts of them."""
    found = set()
    for path in EVIDENCE_OF.get(name, ()):
        rows = models.Evidence.objects.filter(**{f"{path}__in": keys}).order_by()
        found.update(rows.values_list("source_id", flat=True).distinct())
    return found


def _follow(marked, kind, model, column, owners, into):
    """Add, by type, the values of the columns `owners` in rows whose `column` is marked."""
    if marked[kind]:
        rows = model._base_manager.filter(**{f"{column}__in": marked[kind]}).order_by()
        for row in rows.values_list(*owners.values()):
            for name, key in zip(owners, row, strict=True):
                if key is not None:
                    into[name].add(key)


def merged_into(name: str, keys: Iterable[int]) -> dict[int, int]:
    """Map the keys of merged records to those of the records that replaced them."""
    rows = models.MergedRecord.objects.of(TYPES[name]).filter(record_id__in=keys)
    return dict(rows.values_list("record_id", "into_id"))

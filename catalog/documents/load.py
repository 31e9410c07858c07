"""Load the rows from which documents are composed: only watched columns, by key, without ORDER BY.

With a condition on the state or an ORDER BY, SQLite scans whole indexes until ANALYZE has been run.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import batched

from django.db import models
from django.db.models import Exists, OuterRef

from catalog.models import (
    AIModel,
    Alias,
    BenchmarkResult,
    Evidence,
    Family,
    LifecycleEvent,
    Modality,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Price,
    Provider,
    Vendor,
    Weights,
)
from catalog.sync.declaration import TYPES, columns_of

KEYS_AT_ONCE = 10_000
NAMING = ("id", "slug", "name")
Key = tuple[type[models.Model], int]


@dataclass(frozen=True)
class RelatedTable:
    """Rows of another table that are part of a document.

    `owner` is the column with the key of the record, or of a row of the part `within`. `names` maps the columns that
    refer to other records to the models of those.
    """

    name: str
    table: type[models.Model]
    owner: str
    names: dict[str, type[models.Model]] = field(default_factory=dict)
    within: str = ""


def _events(owner: str) -> tuple[RelatedTable, ...]:
    return (
        RelatedTable("events", LifecycleEvent, owner, {"replaced_by_id": AIModel}),
        RelatedTable("event evidence", Evidence, "event_id", within="events"),
    )


PARTS = {
    Provider: (RelatedTable("evidence", Evidence, "provider_id"),),
    AIModel: (
        RelatedTable("vendors", ModelVendor, "content_object_id", {"tag_id": Vendor}),
        RelatedTable("input_modalities", ModelInputModality, "content_object_id", {"tag_id": Modality}),
        RelatedTable("output_modalities", ModelOutputModality, "content_object_id", {"tag_id": Modality}),
        RelatedTable("aliases", Alias, "model_id"),
        RelatedTable("benchmarks", BenchmarkResult, "model_id"),
        RelatedTable("weights", Weights, "model_id"),
        *_events("model_id"),
        RelatedTable("evidence", Evidence, "model_id"),
    ),
    Offering: (
        RelatedTable("prices", Price, "offering_id"),
        RelatedTable("price evidence", Evidence, "price_id", within="prices"),
        *_events("offering_id"),
        RelatedTable("evidence", Evidence, "offering_id"),
    ),
}
NAMES = {
    Family: {"vendor_id": Vendor},
    AIModel: {"family_id": Family, "replaced_by_id": AIModel},
    Offering: {"provider_id": Provider, "model_id": AIModel},
}


@dataclass
class LoadedRows:
    """The rows for the documents of some public records of one model.

    `parts` holds rows by the name of the part and the key of their owner. `named` holds the public records that they
    refer to, by model and key. `modalities` holds the public modalities by the code that offerings use.
    """

    model: type[models.Model]
    records: dict[int, dict]
    parts: dict[str, dict[int, list[dict]]] = field(default_factory=dict)
    named: dict[type[models.Model], dict[int, dict]] = field(default_factory=dict)
    modalities: dict[str, dict] = field(default_factory=dict)


def load(type_name: str, keys: Iterable[int], as_if_public: Collection[Key] = ()) -> LoadedRows:
    """Return the rows for the documents of the records `keys`, without those that are not public.

    `as_if_public` lists records, as (model, key), to treat as public for previews. The number of queries does not
    depend on the number of keys.
    """
    model = TYPES[type_name]
    rows = LoadedRows(model, _public_rows(model, keys, columns_of(model), as_if_public))
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for column, table in NAMES.get(model, {}).items():
        wanted[table] |= {row[column] for row in rows.records.values()}
    for part in PARTS.get(model, ()):
        owners = _keys_of(rows.parts[part.within]) if part.within else rows.records
        rows.parts[part.name] = found = _grouped_by(part.table, part.owner, owners)
        for column, table in part.names.items():
            wanted[table] |= {row[column] for group in found.values() for row in group}
    rows.named = {table: names_of(table, found, as_if_public) for table, found in wanted.items()}
    if model is Offering:
        _leave_hidden_offerings(rows)
        rows.modalities = _modalities_by_word(rows)
    return rows


def names_of(model: type[models.Model], keys: Iterable[int], as_if_public: Collection[Key] = ()) -> dict[int, dict]:
    """Return the id, slug and name of the records that are public, by key, as documents refer to them."""
    columns = (*NAMING, "public_id") if model is AIModel else NAMING
    return {
        key: {"id": public_id(model, row), "slug": row["slug"], "name": row["name"]}
        for key, row in _public_rows(model, keys, columns, as_if_public).items()
    }


def public_id(model: type[models.Model], row: dict) -> str:
    """Return the id of a record in the API and the feed."""
    return str(row["public_id" if model is AIModel else "id"])


def _public_rows(model, keys: Iterable[int], columns, as_if_public: Collection[Key]) -> dict[int, dict]:
    """Return the records that are public, by key. Offerings are filtered later, by their model and provider."""
    found = {}
    shown = {key for table, key in as_if_public if table is model}
    for some in _batches(keys):
        rows = model._base_manager.filter(pk__in=some).order_by()
        if model is Offering:
            found |= {row["id"]: row for row in rows.values(*columns)}
            continue
        rows = rows.annotate(is_public=Exists(model.objects.published().filter(pk=OuterRef("pk"))))
        for row in rows.values("is_public", *columns):
            if row.pop("is_public") or row["id"] in shown:
                found[row["id"]] = row
    return found


def _leave_hidden_offerings(rows: LoadedRows):
    """Remove offerings whose provider or model is not public (see `OfferingQuerySet.published`)."""
    providers, models_named = rows.named[Provider], rows.named[AIModel]
    rows.records = {
        key: row
        for key, row in rows.records.items()
        if row["provider_id"] in providers and (row["model_id"] is None or row["model_id"] in models_named)
    }


def _modalities_by_word(rows: LoadedRows) -> dict[str, dict]:
    if not any(row["input_modalities"] or row["output_modalities"] for row in rows.records.values()):
        return {}
    codes = dict(Modality._base_manager.order_by().values_list("pk", "code"))
    return {codes[key]: named for key, named in names_of(Modality, codes).items()}


def _grouped_by(model, column: str, keys: Iterable[int]) -> dict[int, list[dict]]:
    columns, groups = columns_of(model), defaultdict(list)
    for some in _batches(keys):
        for row in model._base_manager.filter(**{f"{column}__in": some}).order_by().values(*columns):
            groups[row[column]].append(row)
    return groups


def _keys_of(groups: dict[int, list[dict]]) -> set[int]:
    return {row["id"] for group in groups.values() for row in group}


def _batches(keys: Iterable[int]):
    return batched(sorted(set(keys) - {None}), KEYS_AT_ONCE)

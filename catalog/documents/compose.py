"""Compose documents: load the rows by key, then build the documents, which is pure.

Only watched columns are loaded, without ORDER BY: with a condition on the state or an ORDER BY, SQLite scans whole
indexes until ANALYZE has been run.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import batched, chain

from django.db import models
from django.db.models import Exists, OuterRef

from catalog.documents.fields import Fields, LoadedRows, public_id
from catalog.documents.forms import DOCUMENTS
from catalog.documents.sync.declaration import TYPES, columns_of
from catalog.models import AIModel, Modality, Offering, Provider, Vendor
from catalog.rules.grouping import grouped

SCHEMA = 10
KEYS_AT_ONCE = 10_000
NAMING = ("id", "slug", "name")
# Further columns that references read, for prices and filters.
NAMED_WITH = {AIModel: ["public_id"], Provider: ["kind", "country"], Vendor: ["reference_provider_id"]}
Key = tuple[type[models.Model], int]


def documents(type_name: str, keys: Iterable[int], as_if_public: Collection[Key] = ()) -> dict[int, dict]:
    """Return the documents of the records that are public, by primary key (see `load`)."""
    rows = load(type_name, keys, as_if_public)
    return {key: DOCUMENTS[type_name].compose(rows, row) for key, row in rows.records.items()}


def load(type_name: str, keys: Iterable[int], as_if_public: Collection[Key] = ()) -> LoadedRows:
    """Return the rows for documents of public records; the number of queries does not depend on that of keys.

    `as_if_public` lists records, as (model, key), to treat as public for previews.
    """
    model = TYPES[type_name]
    rows = LoadedRows(_public_rows(model, keys, columns_of(model), as_if_public))
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    _load_parts(DOCUMENTS[type_name].fields, rows.records.values(), rows, wanted)
    rows.references = {table: names_of(table, keys_of_table, as_if_public) for table, keys_of_table in wanted.items()}
    if model is Offering:  # without those of a hidden provider or model (see `OfferingQuerySet.published`)
        public_models, providers = {None, *rows.references[AIModel]}, rows.references[Provider]
        offerings = ((key, row) for key, row in rows.records.items() if row["provider_id"] in providers)
        rows.records = {key: row for key, row in offerings if row["model_id"] in public_models}
        rows.modalities = _modalities_by_word(rows)
    return rows


def _load_parts(
    fields: Fields, records: Collection[dict], rows: LoadedRows, wanted: dict[type[models.Model], set[int]]
):
    """Add the parts of the rows `records`, and the keys of the records to which these rows and parts refer."""
    for field in fields.values():
        if field.refers_to:
            model, column = field.refers_to
            wanted[model] |= {row[column] for row in records}
        if part := field.part:
            groups = _grouped_by(part.table, part.owner, (row["id"] for row in records))
            rows.parts[part.table, part.owner] = groups
            _load_parts(part.fields, [row for group in groups.values() for row in group], rows, wanted)


def names_of(model: type[models.Model], keys: Iterable[int], as_if_public: Collection[Key] = ()) -> dict[int, dict]:
    """Return the records that are public, by key, as documents refer to them."""
    rows = _public_rows(model, keys, (*NAMING, *NAMED_WITH.get(model, [])), as_if_public)
    reference_by_key = {
        key: {"id": public_id(model, row), "slug": row["slug"], "name": row["name"]} for key, row in rows.items()
    }
    if model is Provider:
        return {
            key: {**reference, **{name: rows[key][name] or None for name in NAMED_WITH[model]}}
            for key, reference in reference_by_key.items()
        }
    if model is Vendor:
        provider_by_vendor = {key: row["reference_provider_id"] for key, row in rows.items()}
        public = names_of(Provider, provider_by_vendor.values(), as_if_public)
        return {
            key: {**reference, "reference_provider": public.get(provider_by_vendor[key], {}).get("id")}
            for key, reference in reference_by_key.items()
        }
    return reference_by_key


def _public_rows(model, keys: Iterable[int], columns, as_if_public: Collection[Key]) -> dict[int, dict]:
    """Return the records that are public, by key. Offerings are filtered later, by their model and provider."""
    row_by_key = {}
    assumed = {key for table, key in as_if_public if table is model}
    for batch in _batches(keys):
        rows = model._base_manager.filter(pk__in=batch).order_by()
        if model is Offering:
            row_by_key |= {row["id"]: row for row in rows.values(*columns)}
            continue
        rows = rows.annotate(is_public=Exists(model.objects.published().filter(pk=OuterRef("pk"))))
        for row in rows.values("is_public", *columns):
            if row.pop("is_public") or row["id"] in assumed:
                row_by_key[row["id"]] = row
    return row_by_key


def _modalities_by_word(rows: LoadedRows) -> dict[str, dict]:
    if not any(row["input_modalities"] or row["output_modalities"] for row in rows.records.values()):
        return {}
    codes = dict(Modality._base_manager.order_by().values_list("pk", "code"))
    return {codes[key]: reference for key, reference in names_of(Modality, codes).items()}


def _grouped_by(model, column: str, keys: Iterable[int]) -> dict[int, list[dict]]:
    rows = model._base_manager.order_by().values(*columns_of(model))
    batches = (rows.filter(**{f"{column}__in": batch}) for batch in _batches(keys))
    return grouped((row[column], row) for row in chain.from_iterable(batches))


def _batches(keys: Iterable[int]):
    return batched(sorted(set(keys) - {None}), KEYS_AT_ONCE)

"""Fetching what documents are made of: only declared columns, by keys, sorted nowhere but in Python.

With a condition on the state or an order in its SQL, SQLite walks whole indexes, as long as nobody has run ANALYZE.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import batched

from django.db.models import Exists, OuterRef

from catalog.feed.declaration import columns_of
from catalog.models import AIModel

KEYS_AT_ONCE = 10_000


def rows_by(model, column: str, keys: Iterable[int]) -> list[dict]:
    """Return the rows of which `column` is among `keys`."""
    columns, found = columns_of(model), []
    for some in batched(sorted(set(keys) - {None}), KEYS_AT_ONCE):
        found += model._base_manager.filter(**{f"{column}__in": some}).order_by().values(*columns)
    return found


def grouped_by(model, column: str, keys: Iterable[int]) -> dict[int, list[dict]]:
    groups = defaultdict(list)
    for row in rows_by(model, column, keys):
        groups[row[column]].append(row)
    return groups


def public_rows(model, keys: Iterable[int], columns: Iterable[str] | None = None) -> dict[int, dict]:
    """Return those of the records `keys` that readers may see, by key. `model` is a Publishable."""
    is_public = Exists(model.objects.published().filter(pk=OuterRef("pk")))
    found = {}
    for some in batched(sorted(set(keys) - {None}), KEYS_AT_ONCE):
        rows = model._base_manager.filter(pk__in=some).order_by().annotate(is_public=is_public)
        for row in rows.values("is_public", *(columns or columns_of(model))):
            if row.pop("is_public"):
                found[row["id"]] = row
    return found


def references(model, keys: Iterable[int]) -> dict[int, dict]:
    """Return, by key, how documents name those records that readers may see."""
    by_public_id = model is AIModel
    columns = ("id", "slug", "name", *(["public_id"] if by_public_id else []))
    return {
        key: {"id": str(row["public_id" if by_public_id else "id"]), "slug": row["slug"], "name": row["name"]}
        for key, row in public_rows(model, keys, columns).items()
    }

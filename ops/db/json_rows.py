"""Rows of another table beside a row, in the same query."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Func, JSONField, Model, QuerySet, Subquery
from django.db.models.functions import JSONArray


class JSONRows(Func):
    """All values of a queryset as one JSON array in no order; NULL on PostgreSQL if there are none."""

    function = "JSON_GROUP_ARRAY"
    output_field: Any = JSONField()

    def as_postgresql(self, compiler, connection, **extra_context):
        return self.as_sql(compiler, connection, function="JSONB_AGG", **extra_context)


def json_rows(rows: QuerySet, order: Iterable[str], columns: Iterable[str]) -> Subquery:
    """Return an annotation with the columns of `rows`, which refer to the outer row, for `records_of`.

    They are sorted by two columns, `order`, that differ for any two rows and are never empty.
    """
    return Subquery(rows.order_by().values(json=JSONRows(JSONArray(*order, *columns))).values("json"))


def records_of[M: Model](model: type[M], columns: Sequence[str], rows: list[list] | None) -> list[M]:
    """Return records with these columns, which are in the order of the table, from the value of `json_rows`."""
    return [model.from_db(None, columns, values) for _, _, *values in sorted(rows or ())]

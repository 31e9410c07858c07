"""Queries that Django builds and compiles once, for pages: this takes longer than the database takes to answer them."""

from collections.abc import Callable, Collection
from typing import Any

import orjson
from django.db import connections
from django.db.models import BigIntegerField, Expression, Field, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property


class Param(Expression):
    """The place of a value in a prepared query. It must not be None, because SQL compares nothing with NULL."""

    def __init__(self, name: str, field: Field | None = None):
        super().__init__(field)
        self.name = name

    def as_sql(self, compiler, connection, **context):
        return "%s", [self]

    def bound(self, value: Any, connection) -> Any:
        if value is None:
            raise ValueError(f"{self.name}: a prepared query cannot look for None.")
        return connection.ops.adapt_unknown_value(value)


class Params(Param):
    """The place of the values of an `in` lookup in a prepared query: whole numbers, or as `field` says."""

    def __init__(self, name: str, field: Field | None = None):
        super().__init__(name, field or BigIntegerField())

    def as_sql(self, compiler, connection, **context):
        return "SELECT value FROM json_each(%s)", [self]

    def as_postgresql(self, compiler, connection, **context):
        return f"SELECT unnest(%s::{self.output_field.db_type(connection)}[])", [self]

    def bound(self, value: Collection, connection) -> Any:
        return list(value) if connection.vendor == "postgresql" else orjson.dumps(list(value)).decode()


NOW = Param("now")  # the present moment, unless the caller gives another one


class Prepared[Row]:
    """A queryset with places for values (`Param`, `Params`), compiled at its first use.

    `queryset` may be a function that returns it, so that this can decorate one; called when all models are loaded.
    Only for queries whose form is always the same; of the values, none may be None.
    """

    def __init__(self, queryset: QuerySet[Any, Row] | Callable[[], QuerySet[Any, Row]]):
        self._queryset = queryset
        self._compiled: dict[str, tuple] = {}  # by database

    @cached_property
    def queryset(self) -> QuerySet[Any, Row]:
        return self._queryset if isinstance(self._queryset, QuerySet) else self._queryset()

    def rows(self, part: slice = slice(None), **values: object) -> list[Row]:
        """Return `part` of the rows for these values of the places. One query, and those of `prefetch_related`."""
        known = self.queryset
        if known.db not in self._compiled:
            compiler = known.query.get_compiler(known.db)
            sql, params = compiler.as_sql()
            converters = compiler.get_converters([column for column, *_ in compiler.select])
            compiler.get_converters = lambda columns: converters
            self._compiled[known.db] = compiler, sql, params
        compiler, sql, params = self._compiled[known.db]
        connection, values = connections[known.db], {NOW.name: timezone.now()} | values
        filled = [one.bound(values[one.name], connection) if isinstance(one, Param) else one for one in params]
        sliced = f"{sql} {connection.ops.limit_offset_sql(part.start or 0, part.stop)}"
        compiler = _like(compiler, connection=connection, as_sql=lambda *arguments, **options: (sliced, filled))
        query = _like(known.query, get_compiler=lambda *arguments, **options: compiler)
        return list(_like(known, _query=query))

    def first(self, **values: object) -> Row | None:
        """Return the first of the rows, None if there is none."""
        return next(iter(self.rows(slice(None), **values)), None)


class Answer[Row]:
    """The rows of a prepared query for these values, for a paginator. A slice is one query."""

    def __init__(self, query: Prepared[Row], **values: object):
        self.query, self.values = query, values

    def __getitem__(self, part: slice) -> list[Row]:
        return self.query.rows(part, **self.values)

    def count(self) -> int:
        """Return the number of rows, by reading all of them."""
        return len(self[:])


def _like[Thing](thing: Thing, **changes: object) -> Thing:
    """Return a copy of an object that shares all its attributes but these."""
    made = object.__new__(type(thing))
    made.__dict__ = thing.__dict__ | changes
    return made

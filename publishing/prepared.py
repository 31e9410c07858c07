"""Queries that are made once in the life of a process, and asked again and again with other values.

To build a queryset and to write its SQL takes Django some ten times as long as SQLite takes to answer: of what a page
costs that was two thirds. So the queries of public pages are functions that return a queryset, and `Prepared` calls
such a function once, with places in the stead of values. Only the SQL is kept, never what it found.

What a function asks of the day on which it is called is right for that day: the SQL is kept for each day anew.
"""

import json
from collections.abc import Iterator
from copy import copy
from datetime import datetime
from functools import lru_cache

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field
from django.utils import timezone

MOST_KEPT = 512  # queries, the least used go


class Place(Expression):
    """Where a value will stand: that of the argument with this number."""

    def __init__(self, number: int, output_field=None):
        super().__init__(output_field=output_field or Field())
        self.number = number

    def as_sql(self, compiler, connection):
        return "%s", [Place(self.number)]


class Keys(Place):
    """Where any number of keys will stand, to be looked for with `__in`: one parameter, however many they are."""

    def as_sql(self, compiler, connection):
        rows = "SELECT unnest(%s::bigint[])" if connection.vendor == "postgresql" else "SELECT value FROM json_each(%s)"
        return f"({rows})", [Keys(self.number)]


class Prepared:
    """`build` takes values by position and, by name, whatever changes the query itself, and returns a queryset of the
    default database. Calling this with the same gives its rows, as a list. A list of keys is a value too."""

    def __init__(self, build):
        self.build = build

    def __call__(self, *values, **shape) -> list:
        signature = tuple(isinstance(value, (list, set, tuple)) for value in values)
        connection = connections[DEFAULT_DB_ALIAS]
        kept = _kept(self.build, connection.vendor, timezone.localdate(), signature, tuple(shape.items()))
        asked = {number: _adapted(value, connection) for number, value in enumerate(values)}
        return kept.rows(asked, connection)


@lru_cache(maxsize=MOST_KEPT)
def _kept(build, vendor, day, signature, shape) -> "_Kept":
    places = [Keys(number) if is_many else Place(number) for number, is_many in enumerate(signature)]
    return _Kept(build(*places, **dict(shape)), connections[DEFAULT_DB_ALIAS])


class _Kept:
    def __init__(self, queryset, connection):
        compiler = queryset.query.get_compiler(connection=connection)
        try:
            self._sql, self._parameters = compiler.as_sql()
        except EmptyResultSet:
            self._sql, self._parameters = "", ()
        if self._sql:
            self._stand_in = _StandIn(queryset, compiler)
        self._iterable_class = queryset._iterable_class

    def rows(self, values: dict, connection) -> list:
        """`values` are as the drivers take them."""
        if not self._sql:
            return []
        parameters = tuple(values[item.number] if isinstance(item, Place) else item for item in self._parameters)
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            answer = cursor.fetchall()
        if not answer:
            return []
        return list(self._iterable_class(self._stand_in.with_answer(answer, connection)))


class _StandIn:
    """What Django's iterables ask of a queryset, its query and the compiler of that, once the answer is there."""

    def __init__(self, queryset, compiler):
        self.db, self.model = queryset.db, queryset.model
        self._fetch_mode, self._known_related_objects = queryset._fetch_mode, queryset._known_related_objects
        self._fields, self._hints = queryset._fields, queryset._hints
        query = queryset.query
        self.selected, self.extra_select = query.selected, query.extra_select
        self.values_select, self.annotation_select = query.values_select, query.annotation_select
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        self._convert = list(compiler.get_converters(columns).items())
        # Django's own order of columns may ask for more of them than the rows have to have.
        self._width = compiler.col_count if compiler.has_extra_select else None

    def with_answer(self, answer: list, connection):
        asked = copy(self)
        asked.query, asked._answer, asked._connection = asked, answer, connection
        return asked

    def get_compiler(self, using=None, connection=None, elide_empty=True):
        return self

    def execute_sql(self, **kwargs) -> list:
        return self._answer

    def results_iter(self, results=None, tuple_expected=False, **kwargs) -> Iterator:
        rows = [row[: self._width] for row in self._answer] if self._width else self._answer
        if not self._convert:
            return iter(rows)
        rows = [list(row) for row in rows]
        for place, (converters, expression) in self._convert:
            for row in rows:
                value = row[place]
                for convert in converters:
                    value = convert(value, expression, self._connection)
                row[place] = value
        return map(tuple, rows) if tuple_expected else iter(rows)


def _adapted(value, connection):
    """Return a value as the drivers take it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, (list, set, tuple)):
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))
    return value

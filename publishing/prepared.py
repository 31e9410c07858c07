"""Queries that are made once in the life of a process, and asked again and again with other values.

To build a queryset and to write its SQL takes Django some ten times as long as SQLite takes to answer: of what a page
costs that was two thirds. So the queries of public pages are functions that return a queryset, and `Prepared` calls
such a function once, with places in the stead of values. Only the SQL is kept, never what it found.

What a function asks of the day on which it is called is right for that day: the SQL is kept for each day anew. What it
asks of the moment it must ask of `present_moment()`.
"""

import json
from collections.abc import Iterator
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, DateTimeField, Expression, Field, Prefetch, prefetch_related_objects
from django.utils import timezone

MOST_KEPT = 512  # queries, the least used go
_is_preparing = ContextVar("_is_preparing", default=False)


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


PRESENT, KEYS = -1, -2  # in the place of a number: the moment of the question; the keys of what it was first answered


def present_moment():
    """Return the present moment; in a query that is being prepared that at which it will be asked."""
    return Place(PRESENT, DateTimeField()) if _is_preparing.get() else timezone.now()


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
        return kept.rows({**asked, PRESENT: _adapted(timezone.now(), connection)}, connection)


class PrefetchWhere(Prefetch):
    """A prefetch for records of which `flag`, an annotation of theirs, says that there is something: a prepared query
    does not ask for that of the others."""

    def __init__(self, flag: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.flag = flag


class PreparedList:
    """The records that `build` finds, for a paginator, which counts them and takes some of them."""

    ordered = True

    def __init__(self, build, *values, **shape):
        self._build, self._values, self._shape = build, values, shape

    def count(self) -> int:
        return sum(_count_of(*self._values, build=self._build, **self._shape))

    def __getitem__(self, part: slice) -> list:
        return _part_of(*self._values, build=self._build, start=part.start, stop=part.stop, **self._shape)


@Prepared
def _count_of(*values, build, **shape):
    rows = build(*values, **shape).prefetch_related(None).order_by().values("state")
    return rows.annotate(count=Count("pk")).values_list("count", flat=True)


@Prepared
def _part_of(*values, build, start, stop, **shape):
    return build(*values, **shape)[start:stop]


@lru_cache(maxsize=MOST_KEPT)
def _kept(build, vendor, day, signature, shape) -> "_Kept":
    token = _is_preparing.set(True)
    try:
        places = [Keys(number) if is_many else Place(number) for number, is_many in enumerate(signature)]
        return _Kept(build(*places, **dict(shape)), connections[DEFAULT_DB_ALIAS])
    finally:
        _is_preparing.reset(token)


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
        self._followed, self._rest = [], []
        for lookup in queryset._prefetch_related_lookups:
            followed = _Followed.of(queryset.model, lookup, connection)
            if followed:
                self._followed.append(followed)
            else:
                self._rest.append(lookup)

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
        found = list(self._iterable_class(self._stand_in.with_answer(answer, connection)))
        for followed in self._followed:
            followed.add_to(found, values, connection)
        if self._rest:
            prefetch_related_objects(found, *self._rest)
        return found


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


@dataclass(frozen=True)
class _Followed:
    """A prefetch along one foreign key, in either direction, as a prepared query of its own.

    `is_named`: what it finds comes under a name of its own (`to_attr`), not behind the relation.
    """

    name: str
    is_named: bool
    field: Field
    is_forward: bool
    kept: _Kept
    flag: str

    @classmethod
    def of(cls, model, lookup, connection) -> "_Followed | None":
        """Return None for what Django has to prefetch itself: another kind of relation, or more than one step."""
        lookup = lookup if isinstance(lookup, Prefetch) else Prefetch(lookup)
        try:
            relation = model._meta.get_field(lookup.prefetch_through)
        except FieldDoesNotExist:
            return None  # more than one step, or found by another name
        is_named = lookup.prefetch_to != lookup.prefetch_through
        is_forward = relation.many_to_one and relation.concrete and is_named
        if not is_forward and not (relation.one_to_many and relation.auto_created):
            return None
        if relation.auto_created and relation.get_accessor_name() != lookup.prefetch_through:
            return None
        rows = relation.related_model._default_manager.all() if lookup.queryset is None else lookup.queryset
        field = relation if is_forward else relation.field
        rows = rows.filter(**{f"{'pk' if is_forward else field.name}__in": Keys(KEYS)})
        flag = getattr(lookup, "flag", "")
        return cls(lookup.prefetch_to, is_named, field, is_forward, _Kept(rows, connection), flag)

    def add_to(self, found: list, values: dict, connection):
        if self.is_forward:
            keys = {getattr(record, self.field.attname) for record in found} - {None}
            rows = {row.pk: row for row in self._rows(keys, values, connection)} if keys else {}
            for record in found:
                setattr(record, self.name, rows.get(getattr(record, self.field.attname)))
            return
        by_key = {record.pk: record for record in found}
        rows = {key: [] for key in by_key}
        wanted = [key for key, record in by_key.items() if not self.flag or getattr(record, self.flag)]
        for row in self._rows(wanted, values, connection) if wanted else ():
            key = getattr(row, self.field.attname)
            rows[key].append(row)
            self.field.set_cached_value(row, by_key[key])
        for record in found:
            if self.is_named:
                setattr(record, self.name, rows[record.pk])
            else:
                behind = getattr(record, self.name).get_queryset()
                behind._result_cache, behind._prefetch_done = rows[record.pk], True
                prefetched = record.__dict__.setdefault("_prefetched_objects_cache", {})
                prefetched[self.field.remote_field.cache_name] = behind

    def _rows(self, keys, values: dict, connection) -> list:
        return self.kept.rows({**values, KEYS: _adapted(list(keys), connection)}, connection)

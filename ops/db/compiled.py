"""Querysets that are compiled once for each kind of database, because Django takes longer to compile one than databases
take to answer. Their values have names and are given when they run."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, DateField, DateTimeField, Expression, Field, Model, QuerySet, TextField
from django.db.models.expressions import Col


class Parameter(Expression):
    """A value of a compiled statement, prepared for the database by `output_field`."""

    def __init__(self, name: str, output_field: Field):
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection) -> tuple[str, list]:
        return "%s", [self]

    def prepared(self, value: Any, connection) -> Any:
        if value is None:
            raise ValueError(f"{self.name} is None, which a statement would compare as unknown.")
        return self.output_field.get_db_prep_value(value, connection)


class ListParameter(Parameter):
    """Any number of values, on the right of `__in`: one parameter of SQL."""

    def as_sqlite(self, compiler, connection) -> tuple[str, list]:
        return "(SELECT value FROM json_each(%s))", [self]

    def as_postgresql(self, compiler, connection) -> tuple[str, list]:
        return f"(SELECT unnest(%s::{self.output_field.db_type(connection)}[]))", [self]

    def prepared(self, value: Iterable, connection) -> Any:
        values = [super(ListParameter, self).prepared(item, connection) for item in value]
        return values if connection.vendor == "postgresql" else orjson.dumps(values).decode()


def keys(name: str) -> ListParameter:
    return ListParameter(name, BigIntegerField())


def texts(name: str) -> ListParameter:
    return ListParameter(name, TextField())


def day(name: str) -> Any:
    """Return a parameter for what takes a date."""
    return Parameter(name, DateField())


def moment(name: str) -> Any:
    """Return a parameter for what takes a datetime, such as `published`."""
    return Parameter(name, DateTimeField())


def text(name: str) -> Parameter:
    return Parameter(name, TextField())


class Statement(NamedTuple):
    """The SQL of a queryset. `names` are those of the fields at the start of a row, if it is of instances, and
    `annotations` the places of others."""

    sql: str
    parameters: tuple[Any, ...]
    converters: list[tuple[int, tuple[list, Expression]]]
    names: list[str]
    annotations: dict[str, int]


class CompiledQuery[M: Model]:
    """A queryset with parameters, without related records. It is compiled when it first runs."""

    def __init__(self, queryset: QuerySet[M, Any]):
        self.queryset, self._statements = queryset, {}

    def rows(self, **values: Any) -> list[tuple]:
        """Return the rows of a queryset of `values_list`. One query. Raises ValueError for None."""
        return self._run(self._statement(), values)

    def instances(self, **values: Any) -> list[M]:
        """Return the records of a queryset of instances. One query. Raises ValueError for None."""
        statement, records = self._statement(), []
        for row in self._run(statement, values):
            record = self.queryset.model.from_db(DEFAULT_DB_ALIAS, statement.names, row[: len(statement.names)])
            for name, place in statement.annotations.items():
                setattr(record, name, row[place])
            records.append(record)
        return records

    def _statement(self) -> Statement:
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        if vendor not in self._statements:
            compiler = self.queryset.query.get_compiler(DEFAULT_DB_ALIAS)
            sql, parameters = compiler.as_sql()
            columns = [column for column, *_ in compiler.select]
            fields = compiler.klass_info["select_fields"] if compiler.klass_info else []
            names = [columns[place].target.attname for place in fields if isinstance(columns[place], Col)]
            converters = [*compiler.get_converters(columns).items()]
            annotations = compiler.annotation_col_map or {}
            self._statements[vendor] = Statement(sql, tuple(parameters), converters, names, annotations)
        return self._statements[vendor]

    def _run(self, statement: Statement, values: dict[str, Any]) -> list:
        connection = connections[DEFAULT_DB_ALIAS]
        prepared = [
            parameter.prepared(values[parameter.name], connection) if isinstance(parameter, Parameter) else parameter
            for parameter in statement.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, prepared)
            rows = cursor.fetchall()
        if not statement.converters:
            return rows
        converted = [*map(list, rows)]
        for place, (functions, column) in statement.converters:
            for row in converted:
                for function in functions:
                    row[place] = function(row[place], column, connection)
        return [*map(tuple, converted)]

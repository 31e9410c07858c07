"""A check of every table and index of the database, for damage by disks and programs."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import DatabaseError, connection
from psycopg import sql

SHOWN = 5  # problems of a table


class Checked(NamedTuple):
    """The result for one table: how many were checked so far and in all, and its problems."""

    number: int
    total: int
    table: str
    problems: list[str]


def check_tables() -> Iterator[Checked]:
    """Check the tables one after the other, while the site is in use. Raises DatabaseError if nothing can be read."""
    check = _problems_on_sqlite if connection.vendor == "sqlite" else _problems_on_postgresql
    tables = _tables()
    for number, table in enumerate(tables, start=1):
        try:
            problems = check(table)
        except DatabaseError as error:
            problems = [" ".join(str(error).split())]
        yield Checked(number, len(tables), table, problems)


def unchecked() -> list[str]:
    """Return sentences about what the check could not see on this database."""
    if connection.vendor == "sqlite":
        return []
    sentences = []
    if not _value("SELECT current_setting('data_checksums')::bool"):
        sentences.append("Pages have no checksums on this server, so a changed value may go unseen (data_checksums).")
    if not _has_amcheck():
        sentences.append("Indexes were not checked: that needs the extension amcheck (CREATE EXTENSION amcheck).")
    return sentences


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        names = sorted(connection.introspection.table_names(cursor))
    # SQLite's own table comes first: its check includes the list of free pages.
    return ["sqlite_schema", *names] if connection.vendor == "sqlite" else names


def _problems_on_sqlite(table: str) -> list[str]:
    """Return problems of rows, constraints, indexes and foreign keys. Django's connection knows REGEXP."""
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA integrity_check({name})")
        problems = [text for (text,) in cursor.fetchmany(SHOWN) if text != "ok"]
        if not problems and table != "sqlite_schema":
            cursor.execute(f"PRAGMA foreign_key_check({name})")
            for _, row, parent, _ in cursor.fetchmany(SHOWN):
                problems.append(f"row {row} names a row of {parent} that is missing")
    return problems


def _problems_on_postgresql(table: str) -> list[str]:
    """Read every value, and compare the B-tree indexes with the rows where the extension amcheck is installed."""
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))) as rows:
            for _ in rows:
                pass
        if _has_amcheck():
            cursor.execute(
                "SELECT bt_index_check(index => indexrelid, heapallindexed => true) FROM pg_index"
                " JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam"
                " WHERE indrelid = %s::regclass AND amname = 'btree' AND indisvalid",
                [connection.ops.quote_name(table)],
            )
    return []


def _has_amcheck() -> bool:
    return bool(_value("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'amcheck')"))


def _value(query: str):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]

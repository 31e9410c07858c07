"""Triggers that log changes to each captured table in the writer's transaction, whichever program writes.

A trigger refers only to its own table and the log, because SQLite could not rebuild a table that other tables' triggers
refer to. Triggers are dropped during migrations. The SQL contains only names from `catalog.sync.declaration`.
"""

import hashlib
from functools import cache
from typing import NamedTuple

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.signals import pre_migrate
from django.dispatch import receiver

from catalog.models import FeedMark
from catalog.sync.declaration import CAPTURED, CapturedTable, ChangeKind
from catalog.sync.locking import exclusive_lock

CATALOG = apps.get_app_config("catalog")
PREFIX = "feed_"
LOG = FeedMark._meta.db_table
INTO_LOG = f'INSERT INTO "{LOG}" ("kind", "key")'
INSTALLED = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, obj_description(pg_trigger.oid, 'pg_trigger') FROM pg_trigger"
    " JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(pg_class.oid)",
}


class Trigger(NamedTuple):
    """`signature` is the text by which the database shows that the trigger is installed and current."""

    name: str
    table: str
    statements: tuple[str, ...]
    signature: str


@cache
def triggers(vendor: str) -> tuple[Trigger, ...]:
    make = _for_postgresql if vendor == "postgresql" else _for_sqlite
    return tuple(trigger for captured in CAPTURED for trigger in make(captured))


def installed() -> dict[str, str]:
    """Return the signatures of our installed and enabled triggers, by name."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[connection.vendor])
        return {name: signature for name, signature in cursor.fetchall() if name.startswith(PREFIX)}


def missing() -> list[Trigger]:
    """Return the triggers that are missing or outdated. One query."""
    there = installed()
    return [trigger for trigger in triggers(connection.vendor) if there.get(trigger.name) != trigger.signature]


def ensure_triggers(is_after_migration: bool = False) -> bool:
    """Install missing triggers and mark everything, because changes may have been missed.

    Returns False if the database has another version, for which the triggers do not fit. One query if none is missing.
    """
    if not is_after_migration and not missing():
        return True
    if not is_possible():
        return False
    with exclusive_lock(), connection.cursor() as cursor:
        for trigger in missing():
            where = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{where}')
            for statement in trigger.statements:
                cursor.execute(statement)
        if connection.vendor == "postgresql":
            # Every read checks that the log is empty, and PostgreSQL scans its dead rows for that.
            options = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000"
            cursor.execute(f'ALTER TABLE "{LOG}" SET ({options})')
        mark_all_documents()
    return True


def mark_all_documents() -> None:
    """Mark all documents to be composed and compared; only changed ones get a new number."""
    FeedMark.objects.create(kind=ChangeKind.EVERYTHING, key=0)


@receiver(pre_migrate, sender=CATALOG)
def drop_triggers_before_migrating(using, plan=(), **kwargs):
    """Drop the triggers before a migration, because they would break when their tables change."""
    if plan and using == DEFAULT_DB_ALIAS:
        drop_all()


def drop_all():
    there = installed()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Dropping the function drops the trigger too, even if its table was renamed.
            for name in there.keys() | {trigger.name for trigger in triggers(connection.vendor)}:
                cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"() CASCADE')
        else:
            for name in there:
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')


def is_possible() -> bool:
    """Return whether the log and all watched columns exist; not so if the database has another version."""
    with connection.cursor() as cursor:
        tables = {*connection.introspection.table_names(cursor)}
        if not tables >= {LOG, *(captured.table for captured in CAPTURED)}:
            return False
        for captured in CAPTURED:
            columns = connection.introspection.get_table_description(cursor, captured.table)
            if not {column.name for column in columns} >= {*captured.watched_columns}:
                return False
    return True


def _name(captured: CapturedTable, event: str) -> str:
    return f"{PREFIX}{captured.table}_{event}"


# SQLite: for each row ----------------------------------------------------------------------------------


def _for_sqlite(captured: CapturedTable) -> list[Trigger]:
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in captured.watched_columns)
    log_new = _log_rows(captured, "NEW")
    log_old = _log_rows(captured, "OLD")
    moved = [
        f'{statement} AND OLD."{column}" IS NOT NEW."{column}"'
        for statement, column in zip(log_old, captured.marks.values(), strict=True)
    ]
    return [
        _row_trigger(captured, "insert", "", log_new),
        _row_trigger(captured, "update", f"WHEN {changed} ", [*log_new, *moved]),
        _row_trigger(captured, "delete", "", log_old),
    ]


def _log_rows(captured: CapturedTable, row: str) -> list[str]:
    return [
        f'{INTO_LOG} SELECT \'{mark}\', {row}."{column}" WHERE {row}."{column}" IS NOT NULL'  # nosec B608
        for mark, column in captured.marks.items()
    ]


def _row_trigger(captured: CapturedTable, event: str, condition: str, statements: list[str]) -> Trigger:
    name = _name(captured, event)
    body = "; ".join(statements)
    sql = f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{captured.table}" {condition}BEGIN {body}; END'
    return Trigger(name, captured.table, (sql,), sql)


# PostgreSQL: for each statement ------------------------------------------------------------------------


def _for_postgresql(captured: CapturedTable) -> list[Trigger]:
    # In the join on the key, a row whose own key changed has no match on either side.
    old, new = (", ".join(f'{row}."{column}"' for column in captured.watched_columns) for row in ("o", "n"))
    both = 'old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id"'
    differs = f'o."id" IS NULL OR n."id" IS NULL OR ROW({old}) IS DISTINCT FROM ROW({new})'
    everything = f"{INTO_LOG} VALUES ('{ChangeKind.EVERYTHING}', 0)"
    return [
        _statement_trigger(captured, "insert", "REFERENCING NEW TABLE AS new_rows", _log_set(captured, "n")),
        _statement_trigger(
            captured,
            "update",
            "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
            _log_set(captured, "o", "n", of=both, where=differs),
        ),
        _statement_trigger(captured, "delete", "REFERENCING OLD TABLE AS old_rows", _log_set(captured, "o")),
        _statement_trigger(captured, "truncate", "", everything),
    ]


def _log_set(captured: CapturedTable, *rows: str, of: str = "", where: str = "TRUE") -> str:
    pairs = ", ".join(f"('{mark}', {row}.\"{column}\")" for row in rows for mark, column in captured.marks.items())
    of = of or {"o": "old_rows AS o", "n": "new_rows AS n"}[rows[0]]
    return (
        f"{INTO_LOG} SELECT DISTINCT mark.kind, mark.key FROM {of}"  # nosec B608
        f" CROSS JOIN LATERAL (VALUES {pairs}) AS mark (kind, key) WHERE mark.key IS NOT NULL AND ({where})"
    )


def _statement_trigger(captured: CapturedTable, event: str, tables: str, statement: str) -> Trigger:
    name = _name(captured, event)
    function = (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql'
        f" AS $feed$ BEGIN {statement}; RETURN NULL; END $feed$"
    )
    trigger = (
        f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{captured.table}" {tables}'
        f' FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
    )
    signature = hashlib.sha256(f"{function};{trigger}".encode()).hexdigest()
    comment = f'COMMENT ON TRIGGER "{name}" ON "{captured.table}" IS \'{signature}\''
    return Trigger(name, captured.table, (function, trigger, comment), signature)

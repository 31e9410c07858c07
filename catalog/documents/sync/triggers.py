"""Triggers that log changes to each captured table in the writer's transaction, whichever program writes.

A trigger refers only to its own table and the log, because SQLite could not rebuild a table that other tables' triggers
refer to. Its name ends in a digest of its SQL: during an upgrade two versions of the program serve on one database,
each with its own triggers, and neither touches those of the other. Of marks that say the same all are taken at once.
The SQL contains only names from `catalog.documents.sync.declaration`.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import NamedTuple

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations import Migration, operations
from django.db.models.signals import pre_migrate
from django.dispatch import receiver

from catalog.documents.compose import SCHEMA
from catalog.documents.sync.declaration import CAPTURED, CapturedTable, ChangeKind
from catalog.documents.sync.locking import exclusive_lock
from catalog.models import FeedMark, FeedState

CATALOG = apps.get_app_config("catalog")
PREFIX = "feed_"
LOG = FeedMark._meta.db_table
INTO_LOG = f'INSERT INTO "{LOG}" ("kind", "key")'
# The SQL is there on SQLite only, where a migration loses the triggers of a table that it rebuilds.
INSTALLED = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, '' FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(pg_class.oid)",
}
# Operations that break the triggers of their table; others leave them, for a previous version that serves.
BREAKING = (
    operations.RemoveField,
    operations.RenameField,
    operations.DeleteModel,
    operations.RenameModel,
    operations.AlterModelTable,
    operations.RunSQL,
)
_before_migration: dict[str, str] = {}  # the SQL of the triggers that were installed, by name


class Trigger(NamedTuple):
    """`stem` is the beginning of the name, which is the same in each version of the program since 0.2."""

    stem: str
    name: str
    statements: tuple[str, ...]


@cache
def triggers(vendor: str) -> tuple[Trigger, ...]:
    make = _for_postgresql if vendor == "postgresql" else _for_sqlite
    return tuple(trigger for captured in CAPTURED for trigger in make(captured))


def installed() -> dict[str, str]:
    """Return the installed and enabled triggers of all versions by name, with their SQL on SQLite."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[connection.vendor])
        return {name: sql for name, sql in cursor.fetchall() if name.startswith(PREFIX)}


def missing(names: Iterable[str] | None = None) -> list[Trigger]:
    """Return the triggers of this version that are missing, or are not among `names`. One query without these."""
    there = installed() if names is None else names
    return [trigger for trigger in triggers(connection.vendor) if trigger.name not in there]


def ensure_triggers() -> bool:
    """Install missing triggers. If changes may have been missed without them, mark everything.

    Returns False if the database has another version, for which the triggers do not fit. One query if none is missing.
    """
    if not missing():
        return True
    if not is_possible():
        return False
    with exclusive_lock(), connection.cursor() as cursor:
        if FeedState.objects.filter(schema__gt=SCHEMA).exists():
            return True  # a newer version stamps, by its own triggers
        there = installed().keys()
        absent = missing(there)
        for trigger in absent:
            for statement in trigger.statements:
                cursor.execute(statement)
        if connection.vendor == "postgresql":
            # Every read checks that the log is empty, and PostgreSQL scans its dead rows for that.
            options = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000"
            cursor.execute(f'ALTER TABLE "{LOG}" SET ({options})')
        is_watched = all(any(_is_of(trigger.stem, name) for name in there) for trigger in absent)
        # A higher schema marks everything anyway; before that it is the previous version that stamps.
        if not is_watched and not FeedState.objects.filter(schema__lt=SCHEMA).exists():
            mark_all_documents()
    return True


def _is_of(stem: str, name: str) -> bool:
    """Return whether this is the name of the same trigger in some version; 0.2 has no digest in it."""
    return name == stem or name.startswith(f"{stem}_")


def mark_all_documents() -> None:
    """Mark all documents to be composed and compared; only changed ones get a new number."""
    everything = {"kind": ChangeKind.EVERYTHING, "key": 0}
    if not FeedMark.objects.filter(**everything).exists():
        FeedMark.objects.create(**everything)


@receiver(pre_migrate, sender=CATALOG)
def prepare_for_migration(using, plan=(), **kwargs):
    """Drop the triggers before a migration that would break them; others lose them only with a rebuilt table."""
    if plan and using == DEFAULT_DB_ALIAS:
        _before_migration.clear()
        if any(
            backwards or _breaks(migration) for migration, backwards in plan if migration.app_label == CATALOG.label
        ):
            drop_all()
        elif connection.vendor == "sqlite":
            _before_migration.update(installed())


def _breaks(migration: Migration) -> bool:
    parts = (getattr(operation, "database_operations", [operation]) for operation in migration.operations)
    return any(isinstance(operation, BREAKING) for operation in chain(*parts))


def restore_after_migration() -> None:
    """Install again, as they were, the triggers of other versions that were lost with a rebuilt table."""
    there = installed()
    with connection.cursor() as cursor:
        for name in _before_migration.keys() - there.keys():
            cursor.execute(_before_migration[name])
    _before_migration.clear()


def drop_all() -> None:
    """Drop the triggers of all versions."""
    _drop(installed().keys() | {trigger.name for trigger in triggers(connection.vendor)})


def drop_others() -> None:
    """Drop the triggers of other versions. One that still serves, or is put back, installs its own again."""
    _drop(installed().keys() - {trigger.name for trigger in triggers(connection.vendor)})


def _drop(names: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for name in names:
            if connection.vendor == "postgresql":
                # Dropping the function drops the trigger too, even if its table was renamed.
                cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"() CASCADE')
            else:
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


def _trigger(captured: CapturedTable, event: str, *statements: str) -> Trigger:
    """Return the trigger with its name inserted for `{name}` in the statements."""
    stem = f"{PREFIX}{captured.table}_{event}"
    name = f"{stem}_{hashlib.sha256(';'.join(statements).encode()).hexdigest()[:10]}"
    return Trigger(stem, name, tuple(statement.format(name=name) for statement in statements))


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
    body = "; ".join(statements)
    sql = f'CREATE TRIGGER "{{name}}" AFTER {event.upper()} ON "{captured.table}" {condition}BEGIN {body}; END'
    return _trigger(captured, event, sql)


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
    function = (
        'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql'
        f" AS $feed$ BEGIN {statement}; RETURN NULL; END $feed$"
    )
    trigger = (
        f'CREATE TRIGGER "{{name}}" AFTER {event.upper()} ON "{captured.table}" {tables}'
        ' FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
    )
    # A disabled one is not counted as installed.
    drop = f'DROP TRIGGER IF EXISTS "{{name}}" ON "{captured.table}"'
    return _trigger(captured, event, function, drop, trigger)

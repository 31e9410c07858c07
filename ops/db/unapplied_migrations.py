"""Migrations that have not been applied to the database, and how long ago the last one was."""

from datetime import timedelta
from functools import cache

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

# An older version may still serve for so long after a migration, and puts back what it misses in the database.
UPGRADE_TIME = timedelta(days=1)


def unapplied_migrations(connection: BaseDatabaseWrapper) -> frozenset[tuple[str, str]]:
    """Return the app label and name of each unapplied migration. Two queries."""
    return _on_disk() - MigrationRecorder(connection).applied_migrations().keys()


def is_all_migrated(sender: AppConfig, using: str, plan: list | None = None, **signal: object) -> bool:
    """Return whether the signal is ours and all is applied; False after a flush, which sends it without a plan."""
    is_ours = sender.label == "publishing" and using == DEFAULT_DB_ALIAS
    return is_ours and plan is not None and not unapplied_migrations(connections[using])


def is_upgrade_over(connection: BaseDatabaseWrapper) -> bool:
    """Return whether the last migration was so long ago that only this version of the program still serves."""
    applied = MigrationRecorder(connection).applied_migrations()
    return all(migration.applied < timezone.now() - UPGRADE_TIME for migration in applied.values())


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    """Read once. Without a connection a squashed migration replaces its originals, as `migrate` records it."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)

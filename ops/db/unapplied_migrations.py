"""Migrations that the database of this process lacks."""

from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def unapplied_migrations(connection) -> set[tuple[str, str]]:
    """Return app and name of each. Two queries."""
    return _on_disk() - MigrationRecorder(connection).applied_migrations().keys()


def is_all_migrated(sender, using, plan=None, **signal) -> bool:
    """Whether `post_migrate` says, in its one signal for this app, that all migrations are applied. Not after a flush,
    which gives no plan."""
    is_ours = sender.label == "publishing" and using == DEFAULT_DB_ALIAS
    return is_ours and plan is not None and not unapplied_migrations(connections[using])


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    """Read once: the code of a process does not change. Without a connection a squashed migration stands for those that
    it replaces, as `migrate` records it."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)

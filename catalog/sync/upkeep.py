"""The installation of the triggers, and the recovery if they were missing."""

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.signals import pre_migrate
from django.dispatch import receiver

from catalog.models import FeedMark
from catalog.sync import triggers
from catalog.sync.declaration import ChangeKind
from catalog.sync.locking import exclusive_lock

CATALOG = apps.get_app_config("catalog")


def ensure_triggers(is_after_migration: bool = False) -> bool:
    """Install missing triggers and mark everything, because changes may have been missed.

    Returns False if the database has another version, for which the triggers do not fit. One query if none is missing.
    """
    if not is_after_migration and not triggers.missing(connection):
        return True
    if not triggers.is_possible(connection):
        return False
    with exclusive_lock():
        triggers.install(connection, triggers.missing(connection))
        if connection.vendor == "postgresql":
            _set_autovacuum()
        mark_all_documents()
    return True


def mark_all_documents():
    """Mark all documents to be composed and compared; only changed ones get a new number."""
    FeedMark.objects.create(kind=ChangeKind.EVERYTHING, key=0)


def _set_autovacuum():
    """Vacuum the log often: every read checks that it is empty, and PostgreSQL scans its dead rows for that."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'ALTER TABLE "{FeedMark._meta.db_table}"'
            " SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)"
        )


@receiver(pre_migrate, sender=CATALOG)
def drop_triggers_before_migrating(using, plan=(), **kwargs):
    """Drop the triggers before a migration, because they would break when their tables change."""
    if plan and using == DEFAULT_DB_ALIAS:
        triggers.drop_all(connection)

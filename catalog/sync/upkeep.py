"""That the triggers are there, and what follows where they were not."""

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.signals import pre_migrate
from django.dispatch import receiver

from catalog.models import FeedMark
from catalog.sync import triggers
from catalog.sync.declaration import Mark
from catalog.sync.locking import alone

CATALOG = apps.get_app_config("catalog")


def see_to_triggers(is_after_migration: bool = False) -> bool:
    """Install what is missing and have everything looked at, since nobody knows what was written meanwhile.

    Returns False where the database is of another version, so that there can be no triggers. One query where all is
    well.
    """
    if not is_after_migration and not triggers.missing(connection):
        return True
    if not triggers.is_possible(connection):
        return False
    with alone():
        triggers.install(connection, triggers.missing(connection))
        if connection.vendor == "postgresql":
            _vacuum_log_often()
        mark_everything()
    return True


def mark_everything():
    """Have all documents compared with what they should be: only what differs gets a number."""
    FeedMark.objects.create(kind=Mark.EVERYTHING, key=0)


def _vacuum_log_often():
    """Whether the log is empty is asked with every read, and PostgreSQL looks through its dead rows for the answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'ALTER TABLE "{FeedMark._meta.db_table}"'
            " SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)"
        )


@receiver(pre_migrate, sender=CATALOG)
def let_go(using, plan=(), **kwargs):
    """Triggers could not bear that their tables change."""
    if plan and using == DEFAULT_DB_ALIAS:
        triggers.drop_all(connection)

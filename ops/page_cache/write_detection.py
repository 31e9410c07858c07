"""Raise the content version after each commit that changes visible content."""

from django.db import connection as default_connection

from ops.db.write_watcher import Write, note_write, subscribe
from ops.page_cache.content_version import content_version
from ops.page_cache.unseen_tables import unseen_columns, unseen_tables


def is_shown(write: Write) -> bool:
    """Return whether a statement may change visible content; True for one that is not understood."""
    if write.table is None:
        return True
    return write.table not in unseen_tables() and not write.only_assigns(unseen_columns().get(write.table, frozenset()))


def increase_content_version():
    content_version.increase()


def content_changed(connection=default_connection):
    """Raise the content version as soon as others can see what `connection` has written."""
    note_write(connection=connection)


subscribe(is_shown, increase_content_version)

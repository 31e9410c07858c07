"""The index of each kind of database, and which one is in use."""

from functools import cache

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from publishing.search.backends.base import Index
from publishing.search.backends.postgresql import PostgreSQLIndex
from publishing.search.backends.sqlite import SQLiteIndex

INDEXES = {"sqlite": SQLiteIndex, "postgresql": PostgreSQLIndex}


@cache
def index() -> Index:
    """Return the index of the database in use. Raises ImproperlyConfigured where there is none for it."""
    try:
        return INDEXES[connection.vendor]()
    except KeyError:
        raise ImproperlyConfigured(f"Search works on SQLite and PostgreSQL, not on {connection.vendor}.") from None

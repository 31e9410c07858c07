"""The index of each kind of database, and which one is in use."""

from functools import cache

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from publishing.search.backends import postgresql, sqlite
from publishing.search.query import Query


@cache
def index():
    """Return the index of the database in use. Raises ImproperlyConfigured where there is none for it."""
    try:
        return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]
    except KeyError:
        raise ImproperlyConfigured(f"Search works on SQLite and PostgreSQL, not on {connection.vendor}.") from None


def find(query: Query, at, kind: str, start: int, length: int) -> tuple[dict[str, int], list[int]]:
    """Return what counts() does, and the keys of `length` matches from `start` on, of that kind, best first.

    Those whose name is what was asked for lead.
    """
    leaders = index().leaders(query, at, kind) if query.needs_all else []
    first = leaders[start : start + length]
    counts, rest = index().matches(query, at, kind, leaders, length - len(first), max(0, start - len(leaders)))
    return counts, first + rest

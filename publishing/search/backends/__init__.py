"""The search index of each kind of database, and the one in use."""

from functools import cache

from django.db import connection

from publishing.search.backends import postgresql, sqlite
from publishing.search.query import Query


@cache
def index():
    """Return the index of the database in use."""
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def find(query: Query, at, kind: str, start: int, length: int) -> tuple[dict[str, int], list[int]]:
    """Return counts(), and the keys of `length` matches of that kind from `start`, best first.

    Entries whose name matches the query come first.
    """
    leaders = [*index().leaders(query, at, kind)] if query.needs_all else []
    first = leaders[start : start + length]
    counts, rest = index().matches(query, at, kind, leaders, length - len(first), max(0, start - len(leaders)))
    return counts, first + rest

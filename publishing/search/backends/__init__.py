"""The index of each kind of database, and which one is in use."""

from functools import cache

from django.db import connection

from publishing.search.backends import postgresql, sqlite
from publishing.search.query import Query


@cache
def index():
    """Return the index of the database in use."""
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def find(query: Query, at, kind: str, start: int, length: int) -> tuple[dict[str, int], list[int]]:
    """Return what counts() does, and the keys of `length` matches from `start` on, of that kind, best first.

    Those whose name is what was asked for lead.
    """
    leaders = [*index().leaders(query, at, kind)] if query.needs_all else []
    first = leaders[start : start + length]
    counts, rest = index().matches(query, at, kind, leaders, length - len(first), max(0, start - len(leaders)))
    return counts, first + rest

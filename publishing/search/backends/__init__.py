"""The search index of each kind of database, and the one in use."""

from datetime import datetime
from functools import cache
from types import ModuleType

from django.db import connection

from publishing.search.backends import postgresql, sqlite
from publishing.search.backends.base import Found
from publishing.search.query import Query


@cache
def index() -> ModuleType:
    """Return the index of the database in use."""
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def find(query: Query, at: datetime, kind: str, start: int, length: int) -> Found:
    """Return counts(), and `length` keys from `start`: entries whose name matches, then the others, best first."""
    leaders = [*index().leaders(query, at, kind)] if query.needs_all else []
    first = leaders[start : start + length]
    counts, rest = index().matches(query, at, kind, leaders, length - len(first), max(0, start - len(leaders)))
    return counts, first + rest

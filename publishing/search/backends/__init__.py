"""The search index of each kind of database, and the one in use."""

from dataclasses import replace
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
    """Return counts(), and `length` keys from `start`: entries whose name matches, then the others, best first.

    If entries have all terms but no name begins with them, titles that lack a single one are found too: they say more
    of a page than words scattered in a long text.
    """
    leaders = [*index().leaders(query, at, kind)] if query.needs_all else []
    if query.needs_all and not leaders and query.all_but_one:
        if not index().has_any(query, at):
            return {}, []
        query = replace(query, takes_titles=True)
    first = leaders[start : start + length]
    counts, rest = index().matches(query, at, kind, leaders, length - len(first), max(0, start - len(leaders)))
    return counts, first + rest

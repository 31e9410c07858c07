"""What the indexes have in common."""

from abc import ABC, abstractmethod

from django.db import connection
from django.db.models.expressions import RawSQL

from publishing.search.query import Query

LEADERS = 20  # at most so many stand before what is ranked: they fit on the first page


class Index(ABC):
    """Where the words of the entries are sought. A `kind` is the label of a model, or "" for all kinds."""

    @abstractmethod
    def write(self, entries):
        """Index the texts of saved entries, in the place of what was indexed of them before."""

    @abstractmethod
    def remove(self, pks):
        """Forget the entries of these keys."""

    @abstractmethod
    def tidy(self):
        """Forget what belongs to no entry, and pack the rest."""

    @abstractmethod
    def counts(self, query: Query, at) -> dict[str, int]:
        """Return how many entries of each kind match and can be seen at that moment; kinds without any are absent."""

    @abstractmethod
    def like(self, word: str) -> list[str]:
        """Return words of the vocabulary that resemble `word`, though they begin with another letter."""

    @abstractmethod
    def sources(self, query: Query, kind: str) -> RawSQL:
        """Return a subquery for the keys of the records of that kind that match, to filter their table by."""

    @abstractmethod
    def leaders(self, query: Query, at, kind: str) -> list[int]:
        """Return the keys of entries with this name, then of those whose name goes on after it.

        Among these, those whose title does so come before those known by that name, and short titles before long ones.
        """

    @abstractmethod
    def _find(self, query: Query, at, kind: str, but: list[int], limit: int, offset: int):
        """Return what counts() does, and the keys of matches, best first, without those in `but`."""

    def find(self, query: Query, at, kind: str, start: int, length: int) -> tuple[dict[str, int], list[int]]:
        """Return what counts() does, and the keys of `length` matches from `start` on, of that kind, best first.

        Those whose name is what was asked for lead.
        """
        leaders = self.leaders(query, at, kind) if query.needs_all else []
        first = leaders[start : start + length]
        counts, rest = self._find(query, at, kind, leaders, length - len(first), max(0, start - len(leaders)))
        return counts, first + rest


def rows(statement: str, values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def column(statement: str, values) -> list:
    return [value for (value,) in rows(statement, values)]

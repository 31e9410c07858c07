"""The common parts of the search indexes.

Each module in this folder is the index of one kind of database. A `kind` is the label of a model, or "" for all kinds.
They provide:

write(entries)              index the texts of saved entries, replacing earlier ones
remove(pks)                 remove the entries with these keys from the index
tidy()                      remove data of missing entries, and compact the index
counts(query, at)           number of matching visible entries at that moment, by kind; kinds without any are absent
has_any(query, at)          whether there is one
sources(query, kind)        a subquery for the keys of matching records of that kind, to filter their table
leaders(query, at, kind)    keys of entries with exactly this name, then of those whose name begins with it, each
                            with the key of its record: by title before other names, then the newest, then short titles
names(query, at, kind, limit)   the names of matches of that kind, the latest first
matches(query, at, kind, but, limit, offset)    counts(), and keys of matches, best first, without those in `but`
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from publishing.search.words import fold, joined, key, pieces, stem

if TYPE_CHECKING:
    from publishing.search.entry import SearchEntry

LEADERS = 20  # maximum number of entries that precede the ranked ones, so that they fit on the first page
type Entry = SearchEntry
type Found = tuple[dict[str, int], list[int]]  # counts(), and keys of entries


class Names(NamedTuple):
    """The title of a record, its other names on a line each, and its key."""

    source_id: int
    title: str
    others: str


def rows(statement: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def column(statement: str, values: Mapping[str, Any]) -> list:
    return [value for (value,) in rows(statement, values)]


def indexed(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the words of each piece of `text`, and the piece as one word or "": ([gpt, 3, 5], gpt35), ([turbo], "")."""
    for parts in pieces(fold(text)):
        yield [stem(part) for part in parts], stem(joined(parts))


def weighted(entry: Entry) -> tuple[str, str, str, str]:
    """Return the searched texts of an entry, by descending weight."""
    texts = entry.texts
    return texts.title, texts.names, f"{texts.keywords}\n{texts.summary}", texts.body


def keys_of(entry: Entry) -> list[str]:
    """Return the names of an entry as one word each, the title first."""
    return list(dict.fromkeys(filter(None, map(key, [entry.texts.title, *entry.texts.names.split("\n")]))))

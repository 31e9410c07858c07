"""The index on PostgreSQL: two tsvector columns of the entries that Django does not know.

`vector` holds all texts, `head` only title, names and summary. They are written here word by word: PostgreSQL's own
parser would treat "3.5" as one number and drop "it".
"""

from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL

from publishing.search.backends.base import LEADERS, Entry, Found, Names, column, indexed, keys_of, rows, weighted
from publishing.search.query import Query, Term

LAST_PLACE = 16_383  # the largest position in a tsvector
MOST_PLACES = 255  # the maximum number of positions of one word
WRITE = """
    UPDATE publishing_searchentry AS entry SET vector = written.vector::tsvector, head = written.head::tsvector
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS written (id, vector, head) WHERE entry.id = written.id
"""
# Statements are built only from these constants; all other values are parameters.
SEEN = """
    (entry.visible_from IS NULL OR entry.visible_from <= %(at)s)
    AND (entry.visible_until IS NULL OR entry.visible_until > %(at)s)
"""
IN_KIND = "(%(kind)s = '' OR entry.kind = %(kind)s)"
COUNTS = f"""
    SELECT entry.kind, count(*) FROM publishing_searchentry AS entry
    WHERE entry.vector @@ %(match)s::tsquery AND {SEEN} GROUP BY entry.kind
"""  # nosec B608
ANY = f"SELECT 1 FROM publishing_searchentry AS entry WHERE entry.vector @@ %(match)s::tsquery AND {SEEN} LIMIT 1"  # nosec B608
LEADING = f"""
    SELECT entry.id, entry.source_id FROM publishing_searchentry AS entry
    JOIN publishing_searchtext AS texts ON texts.entry_id = entry.id
    WHERE entry.head @@ %(match)s::tsquery AND {SEEN} AND {IN_KIND}
    ORDER BY
        NOT entry.head @@ %(exact)s::tsquery, NOT entry.head @@ %(title)s::tsquery,
        NOT entry.head @@ %(begun)s::tsquery, entry.dated DESC, length(texts.title), entry.id
    LIMIT {LEADERS}
"""  # nosec B608
NAMES = f"""
    SELECT entry.source_id, texts.title, texts.names FROM publishing_searchentry AS entry
    JOIN publishing_searchtext AS texts ON texts.entry_id = entry.id
    WHERE entry.head @@ %(match)s::tsquery AND {SEEN} AND {IN_KIND} ORDER BY entry.dated DESC, entry.id LIMIT %(limit)s
"""  # nosec B608
IN_HEAD = "entry.head @@ %(match)s::tsquery"
SOURCES = """
    SELECT entry.source_id FROM publishing_searchentry AS entry WHERE entry.vector @@ %s::tsquery AND entry.kind = %s
"""


def _ranked(vector: str, condition: str) -> str:
    # The weights are of body, summary, names and title; 1: divide by 1 + the logarithm of the length.
    return f"""
        SELECT entry.id FROM publishing_searchentry AS entry
        WHERE {condition} AND NOT entry.id = ANY(%(but)s) AND {SEEN} AND {IN_KIND}
        ORDER BY ts_rank('{{0.1, 0.3, 0.6, 1}}', {vector}, %(match)s::tsquery, 1) DESC, entry.id
        LIMIT %(limit)s OFFSET %(offset)s
    """  # nosec B608


HEADS = _ranked("entry.head", IN_HEAD)
BODIES = _ranked("entry.vector", f"entry.vector @@ %(match)s::tsquery AND NOT {IN_HEAD}")
COUNT_HEADS = f"""
    SELECT count(*) FROM publishing_searchentry AS entry
    WHERE {IN_HEAD} AND NOT entry.id = ANY(%(but)s) AND {SEEN} AND {IN_KIND}
"""  # nosec B608


def write(entries: list[Entry]) -> None:
    entries = list(entries)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [[entry.pk for entry in entries], [*map(vector, entries)], [*map(head, entries)]])


def remove(pks: list[int]) -> None:
    """Do nothing: the vectors are columns of the entry."""


def tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE publishing_searchentry, publishing_searchword")


def counts(query: Query, at: datetime) -> dict[str, int]:
    return dict(rows(COUNTS, {"match": matching(query), "at": at}))


def has_any(query: Query, at: datetime) -> bool:
    return bool(rows(ANY, {"match": matching(query), "at": at}))


def sources(query: Query, kind: str) -> RawSQL:
    return RawSQL(SOURCES, [matching(query), kind])  # nosec B611


def leaders(query: Query, at: datetime, kind: str) -> dict[int, int]:
    names = {"exact": f"'={query.key}'", "title": f"'^{query.key}'", "begun": f"'^{query.key}':*"}
    return dict(rows(LEADING, {"match": named(query), **names, "at": at, "kind": kind}))


def names(query: Query, at: datetime, kind: str, limit: int) -> list[Names]:
    values = {"match": matching(query), "at": at, "kind": kind, "limit": limit}
    return [Names(*row) for row in rows(NAMES, values)]


def matches(query: Query, at: datetime, kind: str, but: list[int], limit: int, offset: int) -> Found:
    """Search the heads first: they usually fill a page, without ranking every long vector with a common word."""
    values = {"match": matching(query), "at": at, "kind": kind, "but": but}
    found = column(HEADS, {**values, "limit": limit, "offset": offset})
    if len(found) < limit:
        [in_heads] = [0] if found or not offset else column(COUNT_HEADS, values)
        rest = {"limit": limit - len(found), "offset": 0 if found else offset - in_heads}
        found += column(BODIES, {**values, **rest})
    return counts(query, at), found


def head(entry: Entry) -> str:
    """Return the vector of title, names and summary."""
    return _written(entry, weighted(entry)[:3])


def vector(entry) -> str:
    """Return the vector of all texts."""
    return _written(entry, weighted(entry))


def _written(entry, texts) -> str:
    """Return texts as tsvector: 'gpt':1A '3':2A, then without position '=gpt3' (names) and '^gpt3' (the title)."""
    places: dict[str, list[str]] = {}
    place = 0
    for text, weight in zip(texts, "ABCD", strict=False):
        for words, together in indexed(text):
            first = min(place + 1, LAST_PLACE)
            for word in words:
                place = min(place + 1, LAST_PLACE)
                places.setdefault(word, []).append(f"{place}{weight}")
            if together:
                places.setdefault(together, []).append(f"{first}{weight}")
        place += 1  # phrases do not continue from one text to the next
    lexemes = [f"'{word}':{','.join(found[:MOST_PLACES])}" for word, found in places.items()]
    keys = keys_of(entry)
    return " ".join([*lexemes, *(f"'={key}'" for key in keys), *(f"'^{key}'" for key in keys[:1])])


def matching(query: Query) -> str:
    """Return the query as a tsquery. The quotes only contain letters and digits."""
    terms = (" & " if query.needs_all else " | ").join(map(_term, query.terms))
    return f"({terms}) | {named(query)}{titled(query)}" if query.needs_all else terms


def titled(query: Query) -> str:
    """Return the addition for titles and names with all terms but one."""
    rows = query.all_but_one if query.takes_titles else []
    return "".join(f" | ({' & '.join(_term(term, 'AB') for term in terms)})" for terms in rows)


def named(query: Query) -> str:
    """Return the query for names that begin with the key; for a single letter, names equal to it."""
    return f"'={query.key}':*" if len(query.key) > 1 else f"'={query.key}'"


def _term(term: Term, weights: str = "") -> str:
    return f"({' | '.join(_wording(wording, weights) for wording in term.wordings)})"


def _wording(term: Term, weights: str) -> str:
    mark = weights and f":{weights}"
    alternatives = [" <-> ".join(f"'{word}'{mark}" for word in term.stems)]
    if term.joined:
        alternatives.append(f"'{term.joined}'{mark}")
    if term.prefix:
        alternatives.append(f"'{term.prefix}':*{weights}")
    return " | ".join(f"({one})" for one in dict.fromkeys(alternatives))

"""The index on PostgreSQL: a tsvector beside each entry, in a column of its own that Django does not know of.

The vector is written out here, word by word: PostgreSQL's own parser would take "3.5" for one number and drop "it".
"""

from django.db import connection

from publishing.search.backends.base import LEADERS, Index, column, rows
from publishing.search.backends.texts import indexed, keys_of, weighted
from publishing.search.query import Query, Term

LAST_PLACE = 16_383  # what a tsvector can count to
MOST_PLACES = 255  # of one word
WRITE = """
    UPDATE publishing_searchentry AS entry SET vector = written.vector::tsvector
    FROM unnest(%s::bigint[], %s::text[]) AS written (id, vector) WHERE entry.id = written.id
"""
MATCHES = """
    FROM publishing_searchentry AS entry WHERE entry.vector @@ %(match)s::tsquery
    AND (entry.visible_from IS NULL OR entry.visible_from <= %(at)s)
    AND (entry.visible_until IS NULL OR entry.visible_until > %(at)s)
"""
COUNTS = f"SELECT entry.kind, count(*) {MATCHES} GROUP BY entry.kind"  # nosec B608: put together from constants
IN_KIND = " AND (%(kind)s = '' OR entry.kind = %(kind)s)"
BY_NAME = "NOT entry.vector @@ %(title)s::tsquery, length(entry.title), entry.id"
LEADING = f"SELECT entry.id {MATCHES} {IN_KIND} ORDER BY {BY_NAME} LIMIT {LEADERS}"  # nosec B608
# One pass for both: reading the vectors is what costs. The weights are of body, summary, names and title; 1: a long
# text is no better for being long.
RANKED = f"""
    WITH match AS MATERIALIZED (
        SELECT entry.id, entry.kind, ts_rank('{{0.1, 0.3, 0.6, 1}}', entry.vector, %(match)s::tsquery, 1) AS rank
        {MATCHES}
    )
    SELECT
        (SELECT json_object_agg(kind, number) FROM (SELECT kind, count(*) AS number FROM match GROUP BY kind) AS kinds),
        ARRAY(
            SELECT id FROM match AS entry WHERE NOT id = ANY(%(but)s) {IN_KIND}
            ORDER BY rank DESC, id LIMIT %(limit)s OFFSET %(offset)s
        )
"""  # nosec B608: put together from constants
RESEMBLING = "SELECT DISTINCT word FROM publishing_searchword WHERE word %% %s LIMIT 500"


class PostgreSQLIndex(Index):
    def write(self, entries):
        entries = list(entries)
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [[entry.pk for entry in entries], [vector(entry) for entry in entries]])

    def remove(self, pks):
        """The vector goes with its entry."""

    def tidy(self):
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE publishing_searchentry, publishing_searchword")

    def counts(self, query: Query, at) -> dict[str, int]:
        return dict(rows(COUNTS, {"match": matching(query), "at": at}))

    def like(self, word: str) -> list[str]:
        has_trigrams = column("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')", [])
        return column(RESEMBLING, [word]) if has_trigrams[0] else []

    def _leaders(self, query, at, kind):
        values = {"at": at, "kind": kind, "title": f"'^{query.key}':*"}
        found = [pk for match in named(query) for pk in column(LEADING, {"match": match, **values})]
        return list(dict.fromkeys(found))[:LEADERS]

    def _find(self, query, at, kind, but, limit, offset):
        values = {"match": matching(query), "at": at, "kind": kind, "but": but, "limit": limit, "offset": offset}
        [(counts, found)] = rows(RANKED, values)
        return counts or {}, found


def vector(entry) -> str:
    """Return the words of an entry as the text of a tsvector, 'gpt':1A '3':2A, '=gpt3' and '^gpt3'.

    The last two are its names, and its title among them, in one word and without a place.
    """
    places: dict[str, list[str]] = {}
    place = 0
    for text, weight in zip(weighted(entry), "ABCD", strict=True):
        for words, together in indexed(text):
            first = min(place + 1, LAST_PLACE)
            for word in words:
                place = min(place + 1, LAST_PLACE)
                places.setdefault(word, []).append(f"{place}{weight}")
            if together:
                places.setdefault(together, []).append(f"{first}{weight}")
        place += 1  # no phrase goes on from one text to the next
    lexemes = [f"'{word}':{','.join(found[:MOST_PLACES])}" for word, found in places.items()]
    keys = keys_of(entry)
    return " ".join([*lexemes, *(f"'={key}'" for key in keys), *(f"'^{key}'" for key in keys[:1])])


def matching(query: Query) -> str:
    """Return the query in the language of tsquery. Nothing but letters and digits of ours stands between the quotes."""
    terms = (" & " if query.needs_all else " | ").join(map(_term, query.terms))
    return " | ".join([f"({terms})", *named(query)]) if query.needs_all else terms


def named(query: Query) -> list[str]:
    """Return the questions for a name: the whole one, and one that begins so."""
    return [f"'={query.key}'", f"'={query.key}':*"] if len(query.key) > 1 else [f"'={query.key}'"]


def _term(term: Term) -> str:
    alternatives = [" <-> ".join(f"'{word}'" for word in term.stems)]
    if term.joined:
        alternatives.append(f"'{term.joined}'")
    if term.prefix:
        alternatives.append(f"'{term.prefix}':*")
    return f"({' | '.join(dict.fromkeys(alternatives))})"

"""An FTS5 table by the keys of the entries, written from Python: triggers are lost when Django rebuilds a table."""

import json
from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL

from publishing.search.backends.base import LEADERS, Entry, Found, Names, column, indexed, keys_of, rows, weighted
from publishing.search.query import Query, Term

WRITE = """
    INSERT OR REPLACE INTO publishing_searchindex (rowid, title, names, summary, body, keys)
    VALUES (%s, %s, %s, %s, %s, %s)
"""
REMOVE = "DELETE FROM publishing_searchindex WHERE rowid = %s"
TIDY = [
    "DELETE FROM publishing_searchindex WHERE rowid NOT IN (SELECT id FROM publishing_searchentry)",
    "INSERT INTO publishing_searchindex (publishing_searchindex) VALUES ('optimize')",
]
# Entries that are not visible at the moment are few, so excluding a list of them costs less than checking each match.
# Datetimes are compared as text, as Django stores them.
UNSEEN = """
    SELECT id FROM publishing_searchentry WHERE visible_from > %(at)s
    UNION ALL SELECT id FROM publishing_searchentry WHERE visible_until <= %(at)s
    UNION ALL SELECT value FROM json_each(%(but)s)
"""
# Statements are built only from these constants; all other values are parameters. The CROSS JOIN fixes the order:
# matches first.
MATCHES = f"""
    FROM publishing_searchindex CROSS JOIN publishing_searchentry AS entry
    ON entry.id = publishing_searchindex.rowid
    WHERE publishing_searchindex MATCH %(match)s AND publishing_searchindex.rowid NOT IN ({UNSEEN})
"""  # nosec B608
COUNTS = f"SELECT entry.kind, count(*) {MATCHES} GROUP BY entry.kind"
ANY = f"SELECT 1 {MATCHES} LIMIT 1"
IN_KIND = " AND (%(kind)s = '' OR entry.kind = %(kind)s)"
IN_HEAD = "SELECT rowid FROM publishing_searchindex WHERE publishing_searchindex MATCH %(head)s"
# Entries with the words in title, names and summary come first. The weights are of these, the body and the keys.
RANK = f"""
    publishing_searchindex.rowid IN ({IN_HEAD}) DESC,
    bm25(publishing_searchindex, 10, 6, 3, 1, 0), publishing_searchindex.rowid
"""  # nosec B608
PAGE = "LIMIT %(limit)s OFFSET %(offset)s"
RANKED_IN_KIND = f"SELECT entry.id {MATCHES} {IN_KIND} ORDER BY {RANK} {PAGE}"
RANKED = f"""
    SELECT rowid FROM publishing_searchindex
    WHERE publishing_searchindex MATCH %(match)s AND rowid NOT IN ({UNSEEN}) ORDER BY {RANK} {PAGE}
"""  # nosec B608
# The key of the title is the first of the keys.
LEADING = f"""
    SELECT entry.id, entry.source_id {MATCHES} {IN_KIND}
    ORDER BY
        instr(' ' || keys || ' ', ' ' || %(key)s || ' ') = 0,
        instr(keys || ' ', %(key)s || ' ') <> 1,
        substr(keys, 1, length(%(key)s)) <> %(key)s,
        entry.dated DESC,
        length(publishing_searchindex.title),
        entry.id
    LIMIT {LEADERS}
"""  # nosec B608
NAMES = f"""
    SELECT found.source_id, texts.title, texts.names
    FROM (SELECT entry.id, entry.source_id, entry.dated {MATCHES} {IN_KIND}) AS found
    JOIN publishing_searchtext AS texts ON texts.entry_id = found.id ORDER BY found.dated DESC, found.id LIMIT %(limit)s
"""  # nosec B608


SOURCES = """
    SELECT entry.source_id FROM publishing_searchindex CROSS JOIN publishing_searchentry AS entry
    ON entry.id = publishing_searchindex.rowid WHERE publishing_searchindex MATCH %s AND entry.kind = %s
"""


def write(entries: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(WRITE, [(entry.pk, *row(entry)) for entry in entries])


def remove(pks: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(REMOVE, [(pk,) for pk in pks])


def tidy() -> None:
    with connection.cursor() as cursor:
        for statement in TIDY:
            cursor.execute(statement)


def counts(query: Query, at: datetime) -> dict[str, int]:
    return dict(rows(COUNTS, {"match": matching(query), "at": _moment(at), "but": "[]"}))


def has_any(query: Query, at: datetime) -> bool:
    return bool(rows(ANY, {"match": matching(query), "at": _moment(at), "but": "[]"}))


def sources(query: Query, kind: str) -> RawSQL:
    return RawSQL(SOURCES, [matching(query), kind])  # nosec B611


def leaders(query: Query, at: datetime, kind: str) -> dict[int, int]:
    values = {"match": named(query), "key": query.key, "at": _moment(at), "kind": kind, "but": "[]"}
    return dict(rows(LEADING, values))


def names(query: Query, at: datetime, kind: str, limit: int) -> list[Names]:
    values = {"match": matching(query), "at": _moment(at), "kind": kind, "but": "[]", "limit": limit}
    return [Names(*row) for row in rows(NAMES, values)]


def matches(query: Query, at: datetime, kind: str, but: list[int], limit: int, offset: int) -> Found:
    values = {"match": matching(query), "at": _moment(at), "kind": kind, "but": json.dumps(but)}
    statement, head = (
        RANKED_IN_KIND if kind else RANKED,
        f"({{title names summary}} : ({in_texts(query)})){titled(query)}",
    )
    found = column(statement, {**values, "head": head, "limit": limit, "offset": offset}) if limit else []
    return counts(query, at), found


def _moment(at: datetime) -> str | None:
    return connection.ops.adapt_datetimefield_value(at)


def row(entry: Entry) -> list[str]:
    """Return the texts of an entry as words between single spaces, and its names as one word each."""
    return [*map(_spaced, weighted(entry)), " ".join(keys_of(entry))]


def _spaced(text: str) -> str:
    """Append the joined words at the end, so that they do not interrupt phrases."""
    found, together = [], {}
    for words, one in indexed(text):
        found += words
        together[one] = None
    return " ".join([*found, *filter(None, together)])


def matching(query: Query) -> str:
    """Return the query in FTS5 syntax, whose quotes hold letters and digits. One word already searches the names."""
    terms = in_texts(query)
    is_several = query.needs_all and len(query.terms) > 1
    return f"({terms}) OR {named(query)}{titled(query)}" if is_several else terms


def in_texts(query: Query) -> str:
    return (" AND " if query.needs_all else " OR ").join(map(_term, query.terms))


def titled(query: Query) -> str:
    """Return the addition for titles and names with all terms but one."""
    rows = [" AND ".join(map(_term, terms)) for terms in query.all_but_one] if query.takes_titles else []
    return "".join(f" OR ({{title names}} : ({row}))" for row in rows)


def named(query: Query) -> str:
    """Return the query for names that begin with the key; for a single letter, names equal to it."""
    return f'(keys : "{query.key}"{" *" if len(query.key) > 1 else ""})'


def _term(term: Term) -> str:
    return f"({' OR '.join(map(_wording, term.wordings))})"


def _wording(term: Term) -> str:
    begins = f'"{term.prefix}" *' if term.prefix else ""
    together = f'"{term.joined}" *' if term.joined else ""
    phrase = f'"{" ".join(term.stems)}"'
    # A prefix query includes the word itself.
    alternatives = filter(None, [begins, together, "" if term.stems == (term.prefix,) else phrase])
    return " OR ".join(alternatives)

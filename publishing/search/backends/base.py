"""What the indexes have in common.

Each module is the index of one kind of database, where the words of the entries are sought. A `kind` is the label of a
model, or "" for all kinds. What they offer:

write(entries)              index the texts of saved entries, in the place of what was indexed of them before
remove(pks)                 forget the entries of these keys
tidy()                      forget what belongs to no entry, and pack the rest
counts(query, at)           how many entries of each kind match and can be seen at that moment; others are absent
sources(query, kind)        a subquery for the keys of the records of that kind that match, to filter their table by
leaders(query, at, kind)    the keys of entries with this name, then of those whose name goes on after it, each with the
                            key of its record: by title before by other names, short titles before long ones
matches(query, at, kind, but, limit, offset)    counts(), and the keys of matches, best first, without those in `but`
"""

from django.db import connection

LEADERS = 20  # at most so many stand before what is ranked: they fit on the first page


def rows(statement: str, values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def column(statement: str, values) -> list:
    return [value for (value,) in rows(statement, values)]

"""The least that an export and a save could cost: the driver alone reads or writes the same rows.

`python -m bench.client DATABASE ARTICLE` (a PostgreSQL URL or an SQLite file) answers each line of its input with
a line when the work is done. `export FILE` reads all entries of the feed in their order into a file. `save NUMBER`
writes a new version of an article, its revision, its text for the search and the admin's log entry, in one transaction.
The article must have been saved in the admin before, because the values that a save does not change are taken from that
save.
"""

import re
import sqlite3
import sys
from contextlib import closing

import psycopg
from psycopg.types.string import TextLoader

ENTRIES = 'SELECT "seq", "type", "object_id", "hash", "body" FROM "catalog_feedentry" WHERE {live} ORDER BY "seq"'
LINES_AT_ONCE = 1_000
KNOWN = {
    "article": "SELECT id, title, summary, body, last_changed_at FROM articles_article WHERE id = %(article)s",
    "entry": """
        SELECT publishing_searchtext.entry_id AS entry, publishing_searchtext.body AS words
        FROM publishing_searchtext JOIN publishing_searchentry ON publishing_searchentry.id = entry_id
        WHERE kind = 'articles.article' AND source_id = %(article)s
    """,
    "revision": """
        SELECT publishing_revision.id AS revision, content, made_at, record_type_id AS type FROM publishing_revision
        JOIN django_content_type ON django_content_type.id = record_type_id
        WHERE app_label = 'articles' AND model = 'article' AND record_id = %(article)s
        ORDER BY publishing_revision.id DESC LIMIT 1
    """,
    "log": "SELECT id AS log, change_message FROM django_admin_log WHERE object_id = %(key)s ORDER BY id DESC LIMIT 1",
}
SAVE = (
    """
    UPDATE articles_article
    SET title = %(title)s, summary = %(summary)s, body = %(body)s, last_changed_at = %(last_changed_at)s
    WHERE id = %(article)s
    """,
    "UPDATE publishing_searchtext SET title = %(title)s, body = %(words)s WHERE entry_id = %(entry)s",
    """
    INSERT INTO publishing_revision (
        record_type_id, record_id, schema, content, state, action, author_id, note, reason, parent_id, form_session,
        step, is_autosave, is_aside, made_at, applied_at, problem
    )
    SELECT record_type_id, record_id, schema, %(content)s, state, action, author_id, note, reason, id, form_session,
        step, is_autosave, is_aside, %(made_at)s, %(made_at)s, problem
    FROM publishing_revision WHERE id = %(revision)s
    """,
    """
    INSERT INTO django_admin_log (
        action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message
    )
    SELECT %(made_at)s, user_id, content_type_id, object_id, %(title)s, action_flag, %(change_message)s
    FROM django_admin_log WHERE id = %(log)s
    """,
)


class OnSQLite:
    live = "is_deleted = 0"

    def __init__(self, file: str):
        self.database = sqlite3.connect(file, isolation_level=None, timeout=20)
        self.database.execute("PRAGMA synchronous=FULL")  # as on the site

    def execute(self, statement: str, values: dict) -> sqlite3.Cursor:
        return self.database.execute(re.sub(r"%\((\w+)\)s", r":\1", statement), values)

    def export(self, file):
        with closing(self.database.cursor()) as cursor:
            cursor.execute(ENTRIES.format(live=self.live))
            while rows := cursor.fetchmany(LINES_AT_ONCE):
                file.write(
                    "".join([f"{seq}\t{of}\t{key}\t{mark}\t{body}\n" for seq, of, key, mark, body in rows]).encode()
                )


class OnPostgreSQL:
    live = "NOT is_deleted"

    def __init__(self, address: str):
        self.database = psycopg.connect(address, autocommit=True)
        self.database.adapters.register_loader("jsonb", TextLoader)  # written back as it was read

    def execute(self, statement: str, values: dict) -> psycopg.Cursor:
        return self.database.execute(statement, values)

    def export(self, file):
        with (
            self.database.cursor() as cursor,
            cursor.copy(f"COPY ({ENTRIES.format(live=self.live)}) TO STDOUT") as rows,
        ):
            for part in rows:
                file.write(part)


class Article:
    """The rows of an article, read once, that each save writes."""

    def __init__(self, client, pk: int):
        self.client, self.values = client, {"article": pk, "key": str(pk)}
        for statement in KNOWN.values():
            cursor = client.execute(statement, self.values)
            self.values |= dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))

    def save(self, number: int):
        self.values["title"] = f"Saved by the driver {number}"
        self.client.execute("BEGIN", {})
        for statement in SAVE:
            self.client.execute(statement, self.values)
        self.client.execute("COMMIT", {})


def main(database: str, pk: int):
    client = OnPostgreSQL(database) if database.startswith("postgres") else OnSQLite(database)
    article = Article(client, pk)
    for line in sys.stdin:
        what, _, with_what = line.strip().partition(" ")
        if what == "export":
            with open(with_what, "wb") as file:
                client.export(file)
        else:
            article.save(int(with_what))
        print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""The full-text index of the site's search: a virtual table of SQLite, two indexed columns on PostgreSQL."""

from django.db import DatabaseError, migrations, transaction

SQLITE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS publishing_searchindex USING fts5(
        title, names, summary, body, keys, tokenize = "unicode61 remove_diacritics 0", prefix = '3'
    )
"""
POSTGRESQL = [
    "ALTER TABLE publishing_searchentry ADD COLUMN IF NOT EXISTS vector tsvector",
    "ALTER TABLE publishing_searchentry ADD COLUMN IF NOT EXISTS head tsvector",
    # Without a list of pending rows, which every search would read: entries are read far more often than written.
    "CREATE INDEX IF NOT EXISTS search_entry_vector ON publishing_searchentry"
    " USING gin (vector) WITH (fastupdate = off)",
    "CREATE INDEX IF NOT EXISTS search_entry_head ON publishing_searchentry USING gin (head) WITH (fastupdate = off)",
]
TRIGRAMS = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # On an expression, since pg_trgm also answers "=": without statistics, as on a new site, PostgreSQL would look up
    # hundreds of whole words by their trigrams, which takes seconds.
    "CREATE INDEX IF NOT EXISTS search_word_trigrams ON publishing_searchword USING gin ((word || '') gin_trgm_ops)",
]


def create_search_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SQLITE)
    elif schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)
        create_trigrams(schema_editor)


def create_trigrams(schema_editor):
    """Search proposes fewer corrections where the database's owner may not create the extension."""
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            for statement in TRIGRAMS:
                schema_editor.execute(statement)
    except DatabaseError as error:
        print(f"\n    Without pg_trgm, search proposes less: {error}")


def drop_search_index(apps, schema_editor):
    # On PostgreSQL it is dropped with its table.
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE publishing_searchindex")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_first_rows")]

    operations = [migrations.RunPython(create_search_index, drop_search_index)]

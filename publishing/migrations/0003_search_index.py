"""The full-text index of the site's search: a virtual table of SQLite, two indexed columns on PostgreSQL."""

from django.db import migrations

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


def create_search_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SQLITE)
    elif schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)


def drop_search_index(apps, schema_editor):
    # On PostgreSQL it is dropped with its table.
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE publishing_searchindex")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_roles")]

    operations = [migrations.RunPython(create_search_index, drop_search_index)]

import django.db.models.deletion
from django.db import DatabaseError, migrations, models, transaction

SQLITE = """
    CREATE VIRTUAL TABLE publishing_searchindex USING fts5(
        title, names, summary, body, keys, tokenize = "unicode61 remove_diacritics 0", prefix = '3'
    )
"""
POSTGRESQL = [
    "ALTER TABLE publishing_searchentry ADD COLUMN vector tsvector, ADD COLUMN head tsvector",
    # Without a list of pending rows, which every search would read: entries are read far more often than written.
    "CREATE INDEX search_entry_vector ON publishing_searchentry USING gin (vector) WITH (fastupdate = off)",
    "CREATE INDEX search_entry_head ON publishing_searchentry USING gin (head) WITH (fastupdate = off)",
]
TRIGRAMS = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # On an expression, since pg_trgm also answers "=": without statistics, as on a new site, PostgreSQL would look up
    # hundreds of whole words by their trigrams, which takes seconds.
    "CREATE INDEX search_word_trigrams ON publishing_searchword USING gin ((word || '') gin_trgm_ops)",
]


def create_index(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        schema_editor.execute(SQLITE)
    elif vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)
        create_trigrams(schema_editor)


def create_trigrams(schema_editor):
    """Where the database's owner may not have the extension, misspelt first letters go without a proposal."""
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            for statement in TRIGRAMS:
                schema_editor.execute(statement)
    except DatabaseError as error:
        print(f"\n    Without pg_trgm, search proposes less: {error}")


def drop_index(apps, schema_editor):
    # On PostgreSQL it goes with its table.
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE publishing_searchindex")


class Migration(migrations.Migration):
    dependencies = [("contenttypes", "0002_remove_content_type_name"), ("publishing", "0002_roles")]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(db_index=True, max_length=30)),
                ("initial", models.CharField(max_length=1)),
                ("length", models.PositiveSmallIntegerField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["initial", "length"], name="search_word_by_initial")],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                ("source_id", models.PositiveBigIntegerField()),
                ("kind", models.CharField(max_length=100)),
                ("visible_from", models.DateTimeField(null=True)),
                ("visible_until", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=["source_type", "source_id"], name="search_entry_of_source"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("visible_from__isnull", False)),
                        fields=["visible_from"],
                        name="search_entry_from",
                    ),
                    models.Index(
                        condition=models.Q(("visible_until__isnull", False)),
                        fields=["visible_until"],
                        name="search_entry_until",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="texts",
                        serialize=False,
                        to="publishing.searchentry",
                    ),
                ),
                ("title", models.TextField()),
                ("names", models.TextField()),
                ("keywords", models.TextField()),
                ("summary", models.TextField()),
                ("note", models.TextField()),
                ("body", models.TextField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunPython(create_index, drop_index),
    ]

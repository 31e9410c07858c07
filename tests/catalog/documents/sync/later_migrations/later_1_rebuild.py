"""Change a column so that SQLite rebuilds the table; then write rows."""

from django.db import migrations, models

from tests.catalog.documents.sync.later_migrations import LAST


def write(apps, schema_editor):
    apps.get_model("catalog", "Alias").objects.filter(text="Before").update(text="After the rebuild")


class Migration(migrations.Migration):
    dependencies = [("catalog", LAST)]
    operations = [
        migrations.AlterField("alias", "text", models.CharField("name", max_length=250)),
        migrations.RunPython(write, migrations.RunPython.noop),
    ]

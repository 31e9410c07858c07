"""Rename a column that triggers use, write rows, and rename it back."""

from django.db import migrations


def write(apps, schema_editor):
    apps.get_model("catalog", "Alias").objects.update(words="Renamed")


class Migration(migrations.Migration):
    dependencies = [("catalog", "later_1_rebuild")]
    operations = [
        migrations.RenameField("alias", "text", "words"),
        migrations.RunPython(write, migrations.RunPython.noop),
        migrations.RenameField("alias", "words", "text"),
    ]

"""Write rows, then fail."""

from django.db import migrations


def write_and_fail(apps, schema_editor):
    apps.get_model("catalog", "Alias").objects.update(text="Never")
    raise ZeroDivisionError


class Migration(migrations.Migration):
    dependencies = [("catalog", "later_2_rename")]
    operations = [migrations.RunPython(write_and_fail, migrations.RunPython.noop)]

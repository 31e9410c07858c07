from django.db import migrations

from publishing.roles import EDITOR, grant


def grant_roles(apps, schema_editor):
    grant(apps, EDITOR, "enquiries", ["enquiry"], ("view", "change"))


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop)]

from django.db import migrations

from publishing.roles import EDITOR, grant


def grant_roles(apps, schema_editor):
    grant(apps, EDITOR, "publishing", ["partner", "partnerkey"])


class Migration(migrations.Migration):
    dependencies = [("publishing", "0007_partners"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop)]

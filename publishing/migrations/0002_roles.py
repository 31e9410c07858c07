from django.db import migrations

from publishing.roles import AUTHOR, CATALOGUE_MANAGER, EDITOR, grant


def grant_roles(apps, schema_editor):
    grant(apps, AUTHOR, "publishing", ["image"], ("view", "add"))
    grant(apps, EDITOR, "publishing", ["image", "redirect"])
    grant(apps, CATALOGUE_MANAGER, "publishing", ["image"], ("view", "add", "change"))


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop)]

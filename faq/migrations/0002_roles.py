from django.db import migrations

from publishing.roles import AUTHOR, CATALOGUE_MANAGER, EDITOR, grant


def grant_roles(apps, schema_editor):
    grant(apps, AUTHOR, "faq", ["question"], ("view", "add", "change"))
    grant(apps, AUTHOR, "faq", ["otherwording"])
    grant(apps, AUTHOR, "faq", ["topic"], ("view",))
    grant(apps, EDITOR, "faq", ["question"], ("view", "add", "change", "delete", "publish"))
    grant(apps, EDITOR, "faq", ["otherwording", "topic"])
    grant(apps, CATALOGUE_MANAGER, "faq", ["question", "topic"], ("view",))


class Migration(migrations.Migration):
    dependencies = [("faq", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop)]

from django.db import migrations

from publishing.roles import AUTHOR, CATALOGUE_MANAGER, EDITOR, grant


def grant_roles(apps, schema_editor):
    grant(apps, AUTHOR, "articles", ["article"], ("view", "add", "change"))
    grant(apps, AUTHOR, "articles", ["articleauthor", "placedquestion", "readalso", "articletopic"])
    grant(apps, AUTHOR, "articles", ["author", "topic"], ("view",))
    grant(apps, EDITOR, "articles", ["article"], ("view", "add", "change", "delete", "publish"))
    grant(apps, EDITOR, "articles", ["author", "topic"])
    grant(apps, EDITOR, "articles", ["articleauthor", "placedquestion", "readalso", "articletopic"])
    grant(apps, CATALOGUE_MANAGER, "articles", ["article", "author", "topic"], ("view",))


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop)]

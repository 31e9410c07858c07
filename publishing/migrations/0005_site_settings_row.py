from django.db import migrations

from publishing.roles import EDITOR, grant


def grant_roles(apps, schema_editor):
    grant(apps, EDITOR, "publishing", ["sitesettings"], ("view", "add", "change"))
    grant(apps, EDITOR, "publishing", ["sitelink"])


def make_row(apps, schema_editor):
    """Empty, so that every page reads settings and footer by one query from the first day on."""
    apps.get_model("publishing", "SiteSettings").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0004_site_settings"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.AlterModelOptions(
            name="sitesettings",
            options={"verbose_name": "site and company", "verbose_name_plural": "site and company"},
        ),
        migrations.RunPython(grant_roles, migrations.RunPython.noop),
        migrations.RunPython(make_row, migrations.RunPython.noop),
    ]

from django.db import migrations, models

from publishing.roles import EDITOR, grant


def grant_roles(apps, schema_editor):
    grant(apps, EDITOR, "publishing", ["missingaddress"], ("view", "change"))


class Migration(migrations.Migration):
    dependencies = [("publishing", "0011_review_and_people"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="MissingAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=300, unique=True, verbose_name="address")),
                (
                    "readers",
                    models.PositiveIntegerField(
                        default=0, help_text="Each reader counts once an hour.", verbose_name="asked for"
                    ),
                ),
                ("days", models.PositiveIntegerField(default=1, help_text="On how many days somebody asked.")),
                (
                    "came_from",
                    models.CharField(
                        blank=True,
                        help_text="The page that led there: a path of this site, or an address.",
                        max_length=300,
                    ),
                ),
                ("first_asked_at", models.DateTimeField(auto_now_add=True)),
                ("last_asked_at", models.DateTimeField(db_index=True)),
                ("dismissed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "address that leads nowhere",
                "verbose_name_plural": "addresses that lead nowhere",
                "ordering": ["-readers", "-last_asked_at"],
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.RunPython(grant_roles, migrations.RunPython.noop),
    ]

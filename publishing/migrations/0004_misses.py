from django.db import migrations, models


def remove_permissions(apps, schema_editor):
    """Remove the content types of the models that are deleted, and with them the permissions on their rows."""
    gone = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="publishing")
    gone.filter(model__in=["fruitlesssearch", "missingaddress"]).delete()


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_first_rows")]

    operations = [
        migrations.CreateModel(
            name="Miss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("address", "Address"), ("search", "Search")], max_length=10)),
                ("text", models.CharField(help_text="A path of this site, or words in one spelling.", max_length=200)),
                ("readers", models.PositiveIntegerField(help_text="Each reader counts once an hour.")),
                ("days", models.PositiveIntegerField(default=1, help_text="On how many days somebody asked.")),
                (
                    "came_from",
                    models.CharField(
                        blank=True,
                        help_text="The page that led there: a path of this site, or an address.",
                        max_length=200,
                    ),
                ),
                ("last_asked_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "ordering": ["-readers", "-last_asked_at", "text"],
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("kind", "text"), name="miss_once")],
            },
        ),
        migrations.DeleteModel(name="FruitlessSearch"),
        migrations.DeleteModel(name="MissingAddress"),
        migrations.RunPython(remove_permissions, migrations.RunPython.noop),
    ]

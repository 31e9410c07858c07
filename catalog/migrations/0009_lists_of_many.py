import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_partner_feed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ListCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=10)),
                ("value", models.CharField(help_text="A choice, or the key of a record.", max_length=20)),
                ("show", models.CharField(max_length=10)),
                ("number", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ListedModel",
            fields=[
                ("model_id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "show",
                    models.CharField(
                        help_text="The list on which it stands, as in `catalog.browse.groups.SHOW`.", max_length=10
                    ),
                ),
                (
                    "places",
                    models.TextField(
                        help_text="Groups and values beside which it counts, as kind:language, with blanks."
                    ),
                ),
                ("status", models.CharField(max_length=10)),
                ("since", models.DateField(help_text="Null: as long as anything is known.", null=True)),
                ("until", models.DateField(help_text="The first day on which the status may be another.", null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="aimodel",
            index=models.Index(
                models.F("state"),
                models.OrderBy(models.F("released_on"), descending=True),
                django.db.models.functions.text.Lower("name"),
                models.F("name"),
                models.F("id"),
                name="catalog_model_latest",
            ),
        ),
        migrations.AddIndex(
            model_name="aimodel",
            index=models.Index(
                models.F("state"),
                models.OrderBy(models.F("released_on"), descending=True),
                django.db.models.functions.text.Lower("name"),
                models.F("name"),
                models.F("id"),
                condition=models.Q(("checked_on__isnull", False)),
                name="catalog_model_latest_checked",
            ),
        ),
        migrations.AddIndex(
            model_name="aimodel",
            index=models.Index(
                models.F("kind"),
                models.OrderBy(models.F("released_on"), descending=True),
                django.db.models.functions.text.Lower("name"),
                models.F("name"),
                models.F("id"),
                name="catalog_model_latest_of_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="aimodel",
            index=models.Index(fields=["name", "id"], name="catalog_model_by_name"),
        ),
        migrations.AddConstraint(
            model_name="listcount",
            constraint=models.UniqueConstraint(fields=("group", "value", "show"), name="catalog_listcount_once"),
        ),
        migrations.AddIndex(
            model_name="listedmodel",
            index=models.Index(fields=["since"], name="catalog_listed_since"),
        ),
        migrations.AddIndex(
            model_name="listedmodel",
            index=models.Index(fields=["until"], name="catalog_listed_until"),
        ),
    ]

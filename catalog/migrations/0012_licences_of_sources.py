from django.db import migrations, models


def say_licences_of_feeds(apps, schema_editor):
    """Both collections are under the MIT licence."""
    apps.get_model("catalog", "Source").objects.filter(feed__in=["models_dev", "litellm"]).update(licence="MIT")


def name_modalities_by_their_address(apps, schema_editor):
    apps.get_model("catalog", "Modality").objects.exclude(slug="").update(code=models.F("slug"))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_summaries")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="licence",
            field=models.CharField(
                blank=True,
                help_text="The SPDX identifier of its licence, such as MIT or CC-BY-4.0. Empty: unknown.",
                max_length=100,
            ),
        ),
        migrations.RunPython(say_licences_of_feeds, migrations.RunPython.noop),
        migrations.AddField(
            model_name="modality",
            name="code",
            field=models.SlugField(
                editable=False,
                help_text="The word for it in data: the first address, which stays when name and address change.",
                max_length=200,
                blank=True,
                default="",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(name_modalities_by_their_address, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="modality",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", ""), _negated=True), fields=("code",), name="catalog_modality_code_once"
            ),
        ),
    ]

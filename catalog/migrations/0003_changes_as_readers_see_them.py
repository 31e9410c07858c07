from django.db import migrations, models


def forget_entries(apps, schema_editor):
    """They are derived anew, since the form of documents has a new number."""
    apps.get_model("catalog", "TimelineEntry").objects.all().delete()


def added(model, name, field):
    return migrations.AddField(model, name, field, preserve_default=False)


TODAY = "What the API says of a day in the period: JSON, from the second name on."


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_keep_imported_data")]

    operations = [
        migrations.RunPython(forget_entries, forget_entries),
        migrations.RemoveIndex("timelineentry", "catalog_timeline_offering"),
        migrations.RemoveIndex("timelineentry", "catalog_timeline_day"),
        migrations.RemoveField("timelineentry", "offering_id"),
        migrations.RemoveField("timelineentry", "provider_id"),
        added("timelineentry", "name", models.CharField(default="", max_length=200, help_text="Of the model.")),
        added("timelineentry", "path", models.CharField(default="", max_length=250, help_text="Of its page.")),
        added(
            "timelineentry",
            "places",
            models.TextField(default="", help_text="The names of the providers. Empty: the vendor alone says so."),
        ),
        added("timelineentry", "words", models.TextField(default="", help_text="The price, and the one before.")),
        migrations.AlterField(
            "timelineentry",
            "kind",
            models.CharField(max_length=10, help_text="A kind of event, or price, or new."),
        ),
        migrations.AlterField(
            "timelineentry",
            "row",
            models.JSONField(help_text="What pages show of an end: who says so, providers, replacement, sources."),
        ),
        added(
            "timelineentry",
            "place",
            models.CharField(
                default="",
                max_length=30,
                help_text="Of news, by which the latest come last: last day, date, events after prices. Else empty.",
            ),
        ),
        migrations.AddIndex("timelineentry", models.Index(fields=["place"], name="catalog_timeline_place")),
        added("offeringsummary", "provider_name", models.CharField(default="", max_length=200)),
        added("modelperiod", "today", models.TextField(default="", help_text=TODAY)),
        added("offeringperiod", "today", models.TextField(default="", help_text=TODAY)),
    ]

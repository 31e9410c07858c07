from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.functions import Coalesce

EVER, FOREVER = models.Value(datetime(1000, 1, 1, tzinfo=UTC)), models.Value(datetime(9999, 1, 1, tzinfo=UTC))
PUBLIC_FROM = models.Case(models.When(state="published", deleted_at=None, then=Coalesce("publish_at", EVER)))
LISTED = ["kind", models.F("first_published_at").desc(), models.F("id").desc(), "public_from", "public_until"]


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]

    operations = [
        migrations.RemoveIndex("article", "articles_listed"),
        migrations.AddField(
            "article",
            "public_from",
            models.GeneratedField(
                expression=PUBLIC_FROM, output_field=models.DateTimeField(null=True), db_persist=True
            ),
        ),
        migrations.AddField(
            "article",
            "public_until",
            models.GeneratedField(
                expression=Coalesce("expire_at", FOREVER), output_field=models.DateTimeField(), db_persist=True
            ),
        ),
        migrations.AddIndex("article", models.Index(*LISTED, name="articles_listed")),
    ]

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.functions import Coalesce

EVER, FOREVER = models.Value(datetime(1000, 1, 1, tzinfo=UTC)), models.Value(datetime(9999, 1, 1, tzinfo=UTC))
PUBLIC_FROM = models.Case(models.When(state="published", deleted_at=None, then=Coalesce("publish_at", EVER)))


class Migration(migrations.Migration):
    dependencies = [("faq", "0001_initial")]

    operations = [
        migrations.AddField(
            "question",
            "public_from",
            models.GeneratedField(
                expression=PUBLIC_FROM, output_field=models.DateTimeField(null=True), db_persist=True
            ),
        ),
        migrations.AddField(
            "question",
            "public_until",
            models.GeneratedField(
                expression=Coalesce("expire_at", FOREVER), output_field=models.DateTimeField(), db_persist=True
            ),
        ),
    ]

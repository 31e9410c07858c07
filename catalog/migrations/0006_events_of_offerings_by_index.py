from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_no_digest"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="lifecycleevent",
            index=models.Index(
                condition=models.Q(("offering__isnull", False)), fields=["offering"], name="catalog_event_of_offering"
            ),
        ),
    ]

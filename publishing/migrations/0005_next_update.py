from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publishing", "0004_sweeps")]

    operations = [
        migrations.AddField(
            "sitesettings",
            "next_update_at",
            models.DateTimeField(
                editable=False, help_text="When the next scheduled update of a text is to go live.", null=True
            ),
        )
    ]

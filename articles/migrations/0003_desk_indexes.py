from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_public_between")]

    operations = [
        migrations.RemoveIndex(model_name="article", name="articles_changed"),
        migrations.AddIndex(
            model_name="article", index=models.Index(fields=["public_from"], name="articles_public_from")
        ),
        migrations.AddIndex(model_name="article", index=models.Index(fields=["review_by"], name="articles_review_by")),
    ]

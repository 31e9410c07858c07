from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("faq", "0002_public_between")]

    operations = [
        migrations.AddIndex(model_name="question", index=models.Index(fields=["public_from"], name="faq_public_from")),
        migrations.AddIndex(model_name="question", index=models.Index(fields=["review_by"], name="faq_review_by")),
    ]

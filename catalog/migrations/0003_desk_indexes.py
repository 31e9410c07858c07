from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_import_without_starter")]

    operations = [migrations.RemoveIndex(model_name="aimodel", name="catalog_model_changed")]

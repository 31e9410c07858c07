from django.db import migrations

from publishing.roles import AUTHOR, CATALOGUE_MANAGER, EDITOR, grant

MODELS = [
    "aimodel",
    "alias",
    "evidence",
    "family",
    "lifecycleevent",
    "modality",
    "modelinputmodality",
    "modeloutputmodality",
    "modelvendor",
    "offering",
    "price",
    "provider",
    "source",
    "vendor",
]


def grant_roles(apps, schema_editor):
    grant(apps, CATALOGUE_MANAGER, "catalog", MODELS)
    grant(apps, EDITOR, "catalog", MODELS)
    grant(apps, AUTHOR, "catalog", MODELS, ("view",))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop)]

from django.db import migrations

from publishing.roles import AUTHOR, CATALOGUE_MANAGER, EDITOR, grant

PARTS = ["benchmarkresult", "weights"]
LOGS = ["fieldchange", "heldrecord", "importrun"]


def grant_roles(apps, schema_editor):
    for role in (CATALOGUE_MANAGER, EDITOR):
        grant(apps, role, "catalog", PARTS)
        grant(apps, role, "catalog", LOGS, ("view", "change"))
    grant(apps, AUTHOR, "catalog", [*PARTS, *LOGS], ("view",))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_imports_and_the_rest_of_the_data")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop)]

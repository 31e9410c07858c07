"""What an import wrote, by table, without keys and times: `python -m tests.catalog.importers.rows`."""

import json

import django

django.setup()

from django.db import models  # noqa: E402

from catalog.models import (  # noqa: E402
    AIModel,
    Evidence,
    FieldChange,
    ImportedRecord,
    ImportRun,
    LifecycleEvent,
    Offering,
    Price,
    Provider,
)

WRITTEN = (Provider, AIModel, Offering, Price, LifecycleEvent, Evidence, ImportedRecord, FieldChange)
LEFT_OUT = (models.DateTimeField, models.UUIDField, models.AutoField)
KEYS = {"record_id", "record_type", "import_run", "run", "part_id", "old", "new"}  # or values that hold some


def rows_of(model: type[models.Model]) -> list[str]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, LEFT_OUT)]
    fields = [field for field in fields if field.name not in KEYS]
    links = [field.name for field in fields if field.is_relation]
    rows = model._base_manager.select_related(*links)
    return sorted(str([(field.name, str(getattr(row, field.name))) for field in fields]) for row in rows)


def state() -> dict:
    return {
        "rows": {model.__name__: rows_of(model) for model in WRITTEN},
        "runs": list(ImportRun.objects.order_by("pk").values_list("state", flat=True)),
    }


if __name__ == "__main__":
    print(json.dumps(state()))

"""Write to the catalogue until a file appears: run by the code of the version in the working directory.

    python write.py SEED UNTIL [SCHEMA]

SCHEMA is what the documents of a later version would have. Prints the number of transactions.
"""

import importlib
import random
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import django
from django.apps import apps
from django.db import OperationalError, connection, transaction

DEADLOCK = "40P01"  # of PostgreSQL, between two writers of the same rows


def main(seed: str, until: str, schema: str = "") -> None:
    django.setup()
    if schema:
        raise_schema(int(schema))
    chance = random.Random(seed)
    writes = [edit_model, change_prices, replace_alias, hide_and_show, write_twice, roll_back]
    number = 0
    while not Path(until).exists():
        number += 1
        try:
            chance.choice(writes)(chance)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
                raise
        time.sleep(chance.uniform(0, 0.1))  # as people and jobs do, who leave the database to others
    print(number)


def raise_schema(schema: int) -> None:
    """Each module has the number under its own name."""
    sync = "documents.sync" if find_spec("catalog.documents.sync") else "sync"  # where version 0.2 has it
    for name in ("documents.compose", *(f"{sync}.{part}" for part in ("head", "stamping", "triggers", "keeping"))):
        importlib.import_module(f"catalog.{name}").SCHEMA = schema


def model_named(name: str):
    return apps.get_model("catalog", name)


def some(name: str, chance: random.Random, number: int = 1) -> list[int]:
    keys = list(model_named(name)._base_manager.order_by("pk").values_list("pk", flat=True))
    return chance.sample(keys, min(number, len(keys)))


def edit_model(chance: random.Random) -> None:
    model = model_named("AIModel")._base_manager.get(pk=some("AIModel", chance)[0])
    model.summary = f"Edited {uuid4().hex}."
    model.save()


def change_prices(chance: random.Random) -> None:
    with connection.cursor() as cursor:
        for key in some("Price", chance, 5):
            cursor.execute("UPDATE catalog_price SET amount = %s WHERE id = %s", [chance.randint(1, 10**6), key])


def replace_alias(chance: random.Random) -> None:
    alias = model_named("Alias")
    with transaction.atomic():
        alias.objects.filter(pk__in=some("Alias", chance)).delete()
        alias.objects.create(model_id=some("AIModel", chance)[0], text=f"Alias {uuid4().hex}")


def hide_and_show(chance: random.Random) -> None:
    models = model_named("AIModel")._base_manager.filter(pk__in=some("AIModel", chance))
    models.update(state="draft")
    models.update(state="published")


def write_twice(chance: random.Random) -> None:
    with transaction.atomic():
        for _ in range(2):
            edit_model(chance)
            change_prices(chance)


def roll_back(chance: random.Random) -> None:
    with transaction.atomic():
        change_prices(chance)
        transaction.set_rollback(True)


if __name__ == "__main__":
    main(*sys.argv[1:])

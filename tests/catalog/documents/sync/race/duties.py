"""The host's commands, each run in its own process. Arguments and results are JSON."""

import json
import os
import pickle
import random
from datetime import date
from pathlib import Path

from django.db import OperationalError, connection

from catalog.documents.compose import documents as build
from catalog.documents.compose import names_of as references
from catalog.documents.sync import stamping, triggers
from catalog.documents.sync.declaration import CAPTURED, TYPES
from catalog.models import AIModel, FeedMark, MergedRecord, Offering, Source
from tests.catalog.documents.sync.mirroring import digest, mirror
from tests.catalog.documents.sync.race import closing, writing
from tests.catalog.documents.sync.race.corners import lose, make_corners

WRITES = "writes.pickle"


def stamp_without_triggers():
    """Let this process and its forks stamp although a trigger is missing; for a control, unlike any process of the
    site.
    """
    stamping.ensure_triggers = lambda: True


def fill(corners: int):
    make_corners(corners)


def write(seed: int, transactions: int, notes: str):
    """Write at random; each transaction appends a letter to the file `notes`, which a kill does not undo."""
    file = os.open(notes, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    writing.write(random.Random(seed), transactions, lambda letter: os.write(file, letter))


def prepare_closing(folder: str, tables: list[str]):
    """Create a corner for each of the last writes to these tables; to all tables if none is named."""
    wanted = [
        (operation, model) for operation, model in closing.OPERATIONS if not tables or model._meta.db_table in tables
    ]
    writes = [(*what, corner) for what, corner in zip(wanted, make_corners(len(wanted)), strict=True)]
    (Path(folder) / WRITES).write_bytes(pickle.dumps(writes))


def prepared(folder: str) -> list[tuple]:
    return pickle.loads((Path(folder) / WRITES).read_bytes())


def lose_closing(folder: str):
    lose([corner for _, _, corner in prepared(folder)])


def close(folder: str, part: int, parts: int):
    """Do every `parts`th of the last writes, from `part` on.

    On a busy machine the database may stay locked for longer than the timeout, so a write is retried.
    """
    for write in prepared(folder)[part::parts]:
        for attempts_left in reversed(range(10)):
            try:
                closing.write_last(*write)
            except OperationalError:
                if not attempts_left:
                    raise
            else:
                break


def empty(table: str):
    """Empty the table with PostgreSQL's TRUNCATE."""
    closing.empty(next(captured.model for captured in CAPTURED if captured.table == table))


def tell() -> dict:
    """Return the expected content of a copy: the hashes of documents made from the tables, by type and id; and the
    record into which each duplicate was merged.
    """
    documents, duplicates = {}, {}
    for name, model in TYPES.items():
        keys = list(model._base_manager.values_list("pk", flat=True))
        for document in build(name, keys).values():
            sent = json.loads(json.dumps(document, default=date.isoformat))
            documents[f"{name} {sent['id']}"] = digest(mirror.canonical(sent))
        # A writer that read a duplicate before its merge may have saved it again: then it exists and is no duplicate.
        again = {"pk__in": keys} if model in {Offering, Source} else {"pk__in": keys, "deleted_at": None}
        kept = set(model._base_manager.filter(**again).values_list("pk", flat=True))
        merged = [row for row in MergedRecord.objects.of(model) if row.record_id not in kept]
        named = references(model, {row.into_id for row in merged})
        for row in merged:
            key = row.public_id if model is AIModel else row.record_id
            duplicates[f"{name} {key}"] = named.get(row.into_id, {}).get("id")
    return {"documents": documents, "duplicates": duplicates}


def marks() -> int:
    """Return the number of changes that wait to be stamped."""
    return FeedMark.objects.count()


def drop_trigger(table: str, event: str):
    stem = f"feed_{table}_{event}"
    [trigger] = [trigger for trigger in triggers.triggers(connection.vendor) if trigger.stem == stem]
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{trigger.name}"{on}')


def mend():
    """Repair a missing trigger, as the site does when it finds one."""
    assert triggers.missing()
    assert triggers.ensure_triggers()
    assert not triggers.missing()
    assert stamping.stamp().is_done

"""What the host does when told, each in a process of its own. Arguments and results are JSON."""

import json
import os
import pickle
import random
from datetime import date
from pathlib import Path

from django.db import OperationalError, connection

from catalog.documents.compose import documents as build
from catalog.documents.load import names_of as references
from catalog.models import AIModel, FeedMark, MergedRecord, Offering, Source
from catalog.sync import stamping, triggers, upkeep
from catalog.sync.declaration import CAPTURED, TYPES
from tests.catalog.sync.mirroring import digest, mirror
from tests.catalog.sync.race import closing, writing
from tests.catalog.sync.race.corners import lose, make_corners

WRITES = "writes.pickle"


def stamp_without_triggers():
    """For a control: this process, and what it forks, stamps although a trigger is missing, as no process of the site
    does."""
    stamping.see_to_triggers = lambda: True


def fill(corners: int):
    make_corners(corners)


def write(seed: int, transactions: int, notes: str):
    """Write at random; each transaction adds a letter to the file `notes`, which a kill does not take back."""
    file = os.open(notes, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    writing.write(random.Random(seed), transactions, lambda letter: os.write(file, letter))


def prepare_closing(folder: str, tables: list[str]):
    """Make a corner for each of the last writes to these tables; to all if none is named."""
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
    """Do every `parts`th of the last writes, from `part` on. On a busy machine one may find the database locked for
    longer than it waits: then it is tried again."""
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
    """PostgreSQL's TRUNCATE."""
    closing.empty(next(captured.model for captured in CAPTURED if captured.table == table))


def tell() -> dict:
    """What a copy should hold: the hashes of documents made anew from the tables, by type and id; and which record
    stands for which duplicate."""
    documents, duplicates = {}, {}
    for name, model in TYPES.items():
        keys = list(model._base_manager.values_list("pk", flat=True))
        for document in build(name, keys).values():
            sent = json.loads(json.dumps(document, default=date.isoformat))
            documents[f"{name} {sent['id']}"] = digest(mirror.canonical(sent))
        # Somebody who had read a duplicate before it was merged may have saved it again: then it is there, and is none.
        again = {"pk__in": keys} if model in {Offering, Source} else {"pk__in": keys, "deleted_at": None}
        kept = set(model._base_manager.filter(**again).values_list("pk", flat=True))
        merged = [row for row in MergedRecord.objects.of(model) if row.record_id not in kept]
        named = references(model, {row.into_id for row in merged})
        for row in merged:
            key = row.public_id if model is AIModel else row.record_id
            duplicates[f"{name} {key}"] = named.get(row.into_id, {}).get("id")
    return {"documents": documents, "duplicates": duplicates}


def marks() -> int:
    """How many changes wait to be stamped."""
    return FeedMark.objects.count()


def drop_trigger(name: str):
    [trigger] = [trigger for trigger in triggers.triggers(connection.vendor) if trigger.name == name]
    on = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{trigger.name}"{on}')


def mend():
    """As the site itself does where it finds that a trigger is missing."""
    assert triggers.missing(connection)
    assert upkeep.see_to_triggers()
    assert not triggers.missing(connection)
    assert stamping.stamp().is_done

"""The race: writers of all sorts, killed at random, against a client that is killed at random. No write is missed.

The control: with any one trigger missing the same race fails, otherwise it would prove little. `make race` runs all of
it, `make race-short` a short race.
"""

import pytest
from django.db import connection

from catalog.documents.sync.declaration import CAPTURED
from catalog.documents.sync.triggers import triggers
from tests.catalog.documents.sync.race import closing
from tests.catalog.documents.sync.race.stage import Stage

pytestmark = pytest.mark.race

EMPTIED = "catalog_weights" if connection.vendor == "postgresql" else ""  # by TRUNCATE, which only PostgreSQL has


@pytest.mark.parametrize(
    ("transactions", "client_kills"), [pytest.param(160, 2, id="short", marks=pytest.mark.short), (2_200, 6)]
)
def test_copy_is_equal_after_the_race(transactions, client_kills, database_for, tmp_path, record_property):
    with Stage(tmp_path, database_for(tmp_path / "data"), is_healed=True) as race:
        race.host.do("fill", corners=40)
        outcome = race.race(4, transactions, kill_every=70, client_kills=client_kills, emptied=EMPTIED)
    record_property("race", str(outcome))
    print(f"\n{connection.vendor}: {outcome}")
    assert outcome.stale == []
    assert outcome.proof == 0
    assert outcome.committed + outcome.rolled_back >= transactions
    assert outcome.rolled_back
    assert outcome.writer_kills
    assert outcome.client_kills >= client_kills


@pytest.fixture(scope="module")
def control(database_for, tmp_path_factory):
    folder = tmp_path_factory.mktemp("control")
    with Stage(folder, database_for(folder / "data"), is_healed=False) as race:
        race.host.do("fill", corners=20)
        yield race


def missing() -> list[str]:
    """Return the triggers of which one is missing in a control; not those whose writes alone have no effect."""
    unseen = {f"{model._meta.db_table}_{operation}" for operation, model in closing.UNSEEN}
    if connection.vendor == "postgresql":
        unseen |= {f"{model._meta.db_table}_truncate" for model in closing.WRITTEN - {*closing.EMPTIED}}
    return sorted({trigger.stem.removeprefix("feed_") for trigger in triggers(connection.vendor)} - unseen)


def test_last_writes_are_of_every_sort_and_to_every_table():
    sorts = {(operation, captured.model) for operation in ("insert", "update", "delete") for captured in CAPTURED}
    assert {*closing.OPERATIONS} == sorts - closing.UNSEEN


@pytest.mark.parametrize("name", missing())
def test_race_tells_when_a_trigger_is_missing(name, control):
    table, _, operation = name.rpartition("_")
    control.host.do("drop_trigger", table=table, event=operation)
    emptied = table if operation == "truncate" else ""
    outcome = control.race(writers=3, transactions=30, tables=[table], emptied=emptied)
    print(f"\n{connection.vendor}, without {name}: {outcome}, {len(outcome.stale)} stale")
    assert outcome.stale
    assert outcome.proof == 0  # the server itself believes that the data is unchanged
    control.host.do("mend")
    control.compare(outcome)
    assert outcome.stale == []

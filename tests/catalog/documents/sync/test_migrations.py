"""Operations on the whole database: migrations, flush, loaddata, TRUNCATE. A copy is equal again afterwards."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from catalog.documents.sync import triggers
from catalog.documents.sync.head import stored_head
from catalog.documents.sync.locking import exclusive_lock
from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel, Alias, Price
from tests.catalog import factories
from tests.catalog.documents.sync.mirror import Mirror, assert_equal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def alias(world):
    Alias.objects.filter(model=world).update(text="Before")
    return Alias.objects.get(model=world)


def test_a_table_is_made_anew_and_written_in_one_migration(alias, client, later):
    mirror = Mirror(client).sync()
    later("later_1_rebuild")
    assert triggers.missing() == []
    assert mirror.news() == [("model", "upsert")], "what did not change gets no number"
    assert_equal(mirror)
    Alias.objects.filter(pk=alias.pk).update(text="Later still")
    assert mirror.news() == [("model", "upsert")]


def test_a_column_that_triggers_use_is_renamed_and_written(alias, client, later):
    Alias.objects.exclude(pk=alias.pk).delete()
    mirror = Mirror(client).sync()
    later("later_2_rename")
    assert mirror.news() == [("model", "upsert")]
    assert_equal(mirror)


def test_a_migration_that_failed_leaves_no_hole(alias, client, later):
    Alias.objects.exclude(pk=alias.pk).delete()
    later("later_1_rebuild")
    mirror = Mirror(client).sync()
    with pytest.raises(ZeroDivisionError):
        later("later_3_failing")
    assert triggers.installed() == {}
    Alias.objects.filter(pk=alias.pk).update(text="While nobody listened")
    stamp()  # as the worker does each minute
    assert triggers.missing() == []
    assert mirror.news() == [("model", "upsert")]
    assert_equal(mirror)


def test_without_triggers_in_a_database_of_another_version_nothing_is_stamped(world, client, monkeypatch):
    mirror = Mirror(client).sync()
    monkeypatch.setattr("catalog.documents.sync.triggers.is_possible", lambda: False)
    triggers.drop_all()
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    assert stamp().numbers == 0
    monkeypatch.undo()
    stamp()
    assert mirror.news() == [("model", "upsert")]


def test_migrate_with_nothing_to_do_changes_nothing(world, client):
    mirror = Mirror(client).sync()
    call_command("migrate", verbosity=0)
    assert not stored_head().is_behind
    assert mirror.news() == []


def test_a_flushed_database_is_another_one(world, client):
    mirror = Mirror(client).sync()
    call_command("flush", interactive=False, verbosity=0)
    assert triggers.missing() == []
    response = client.get("/api/v1/changes/", {"cursor": mirror.cursor})
    assert response.status_code == 410
    anew = Mirror(client)
    assert anew.news() == []
    factories.whole_model()
    assert_equal(anew)


def test_what_is_loaded_from_a_dump_is_heard_of(world, client, tmp_path):
    dump = tmp_path / "catalog.json"
    natural = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}  # as docs/operations.md says
    call_command("dumpdata", "catalog", output=str(dump), verbosity=0, **natural)
    summary = AIModel.objects.get(pk=world.pk).summary
    AIModel.objects.filter(pk=world.pk).update(summary="Changed since.")
    Price.objects.all().delete()
    mirror = Mirror(client).sync()
    call_command("loaddata", str(dump), verbosity=0, stdout=StringIO())
    assert AIModel.objects.get(pk=world.pk).summary == summary
    # A dump rounds times to milliseconds, so other models differ as well.
    assert mirror.news().count(("offering", "upsert")) == 2
    assert_equal(mirror)


def test_truncate_is_heard_of(world, client):
    """SQLite has no TRUNCATE: there all rows are deleted."""
    mirror = Mirror(client).sync()
    is_postgresql = connection.vendor == "postgresql"
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("catalog_alias", "catalog_weights"):
            cursor.execute(f"TRUNCATE {table} CASCADE" if is_postgresql else f"DELETE FROM {table}")
    assert mirror.news() == [("model", "upsert")] * 2
    assert_equal(mirror)


def test_while_somebody_else_stamps_readers_get_the_present_head(world, client):
    mirror = Mirror(client).sync()
    connection.connection.execute("UPDATE catalog_price SET amount = 7")  # by the driver: left to the next reader
    assert stored_head().is_behind
    holds, may_go = Event(), Event()

    def hold():
        try:
            with exclusive_lock():
                holds.set()
                may_go.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        holds.wait(30)
        assert mirror.news() == []
        may_go.set()
    assert mirror.news() == [("offering", "upsert")] * 2
    assert_equal(mirror)


def test_a_write_outside_of_a_transaction_is_stamped_at_once(world, client):
    mirror = Mirror(client).sync()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_price SET amount = 7")
    assert not stored_head().is_behind
    assert mirror.news() == [("offering", "upsert")] * 2


def test_a_write_in_a_transaction_is_stamped_when_it_is_committed(world, client):
    head = Mirror(client).sync() and stored_head().number
    with transaction.atomic():
        AIModel.objects.filter(pk=world.pk).update(notice="New.")
        assert stored_head().number == head
    assert (stored_head().number, stored_head().is_behind) == (head + 1, False)

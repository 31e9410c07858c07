"""Two versions of the program on one database, each with its own triggers: nothing is missed, nothing done for ever."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from catalog.documents.compose import SCHEMA
from catalog.documents.sync import stamping, triggers
from catalog.documents.sync.declaration import ChangeKind
from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel, Alias, FeedMark, FeedState
from tests.catalog.documents.sync.mirror import Mirror, assert_equal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

MODEL = ("model", "upsert")
OWN = {trigger.name for trigger in triggers.triggers(connection.vendor)}
OF_0_2 = {trigger.stem for trigger in triggers.triggers(connection.vendor)}


@pytest.fixture
def full_stamps(monkeypatch):
    """A list that grows by one with each time that all documents are composed."""
    calls = []
    mark_each = stamping._mark_each
    monkeypatch.setattr(stamping, "_mark_each", lambda: [calls.append(1), mark_each()])
    return calls


@pytest.fixture
def mirror(world, client):
    mirror = Mirror(client).sync()
    yield mirror
    triggers.drop_all()
    assert triggers.ensure_triggers()
    stamp()


def install_those_of_0_2():
    """Install the triggers as 0.2 does, without a digest in the name."""
    with connection.cursor() as cursor:
        for trigger in triggers.triggers(connection.vendor):
            for statement in trigger.statements:
                cursor.execute(statement.replace(trigger.name, trigger.stem))


def everything_is_marked() -> bool:
    return FeedMark.objects.filter(kind=ChangeKind.EVERYTHING).exists()


def test_names_differ_with_the_sql_and_between_tables():
    assert len(OWN) == len(OF_0_2) == len(triggers.triggers(connection.vendor))
    one, other = (triggers._trigger(triggers.CAPTURED[0], "insert", sql) for sql in ("A {name}", "B {name}"))
    assert one.stem == other.stem == "feed_catalog_vendor_insert"
    assert one.name != other.name
    assert one.statements == (f"A {one.name}",)
    assert max(map(len, OWN)) < 64  # PostgreSQL would cut it off


def test_after_an_upgrade_both_have_theirs_and_nothing_is_composed_anew(mirror, full_stamps):
    triggers.drop_all()
    install_those_of_0_2()
    call_command("migrate", verbosity=0)
    assert triggers.installed().keys() == OWN | OF_0_2
    assert not everything_is_marked()
    stamp()
    assert full_stamps == []
    assert mirror.news() == []


def test_a_change_that_both_mark_gets_one_number(mirror):
    install_those_of_0_2()
    Alias.objects.filter(pk=Alias.objects.earliest("pk").pk).update(text="Marked twice")
    assert mirror.news() == [MODEL]
    assert_equal(mirror)


def test_where_nobody_watched_everything_is_composed_once(mirror, full_stamps):
    install_those_of_0_2()
    triggers.drop_all()
    Alias.objects.filter(pk=Alias.objects.earliest("pk").pk).update(text="Unheard")
    for _ in range(2):
        stamp()
        assert triggers.missing() == []
    assert full_stamps == [1]
    assert mirror.news() == [MODEL]


def test_those_of_another_version_go_when_the_upgrade_is_over(mirror):
    install_those_of_0_2()
    call_command("migrate", verbosity=0)
    assert triggers.installed().keys() == OWN | OF_0_2
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        call_command("migrate", verbosity=0)
    assert triggers.installed().keys() == OWN
    assert not everything_is_marked()


def test_a_table_that_a_migration_rebuilds_keeps_those_of_another_version(mirror, later, full_stamps):
    install_those_of_0_2()
    before = triggers.installed()
    later("later_1_rebuild")
    assert triggers.installed() == before
    stamp()
    assert full_stamps == ([1] if connection.vendor == "sqlite" else [])


def test_documents_of_a_newer_version_are_left_to_it(mirror, full_stamps):
    FeedState.objects.update(schema=SCHEMA + 1)
    triggers.drop_all()
    install_those_of_0_2()
    AIModel.objects.update(notice="Of a newer version")
    marks = FeedMark.objects.count()
    run = stamp()
    assert run.is_done
    assert run.numbers == run.marks == 0
    assert FeedMark.objects.count() == marks
    assert triggers.installed().keys() == OF_0_2
    assert full_stamps == []
    FeedState.objects.update(schema=SCHEMA)


def test_documents_of_an_older_version_are_composed_after_the_migration_by_the_first_to_stamp(mirror, full_stamps):
    FeedState.objects.update(schema=SCHEMA - 1)
    triggers.drop_all()
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []
    assert full_stamps == []
    assert not everything_is_marked()
    stamp()
    stamp()
    assert full_stamps == [1]
    assert FeedState.objects.get().schema == SCHEMA
    assert mirror.news() == []


def test_an_older_version_that_is_put_back_composes_the_documents_again(mirror, full_stamps, monkeypatch):
    FeedState.objects.update(schema=SCHEMA + 1)
    stamp()
    assert full_stamps == []
    call_command("downgrade_feed")
    stamp()
    assert full_stamps == [1]
    assert FeedState.objects.get().schema == SCHEMA

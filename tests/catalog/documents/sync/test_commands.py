from datetime import timedelta
from io import StringIO

import orjson
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from catalog.documents.compose import SCHEMA
from catalog.documents.sync import triggers
from catalog.documents.sync.head import stored_head
from catalog.documents.sync.keeping import drop_old_tombstones, stamp_if_behind
from catalog.documents.sync.pages import feed_page
from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel, FeedEntry, FeedMark, FeedState
from publishing.content.publishable import State
from tests.catalog import factories
from tests.catalog.documents.sync.mirror import Mirror

pytestmark = pytest.mark.django_db


def said_by(command, *args, **options) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def test_an_audit_of_a_sound_feed_finds_nothing(world, mirror):
    assert said_by("audit_feed") == "0 documents differed. 23 are in the feed.\n"
    assert mirror.news() == []


def test_an_audit_finds_what_was_written_past_the_triggers(world, mirror):
    FeedEntry.objects.filter(type="family").delete()
    FeedEntry.objects.filter(type="vendor").update(hash="0" * 64)
    factories.model(name="Unheard")
    FeedMark.objects.all().delete()
    assert said_by("audit_feed").startswith("5 documents differed.")
    assert sorted(mirror.news()) == [("family", "upsert")] * 2 + [("model", "upsert")] + [("vendor", "upsert")] * 2


def test_a_new_epoch_makes_cursors_void(world, mirror, client):
    before = FeedState.objects.get().epoch
    said = said_by("new_feed_epoch")
    now = FeedState.objects.get().epoch
    assert now != before
    assert now in said
    response = client.get("/api/v1/changes/", {"cursor": mirror.cursor})
    assert response.status_code == 410
    assert response.json()["type"].endswith("/api/#problem-cursor-foreign")
    assert Mirror(client).sync().records == mirror.records


def test_a_dump_holds_the_catalogue_without_its_feed(world, mirror):
    labels = {row["model"] for row in orjson.loads(said_by("dumpdata", "catalog"))}
    assert "catalog.aimodel" in labels
    assert not [label for label in labels if label.startswith("catalog.documents.sync")]


def test_a_dump_holds_no_compiled_texts(world):
    factories.model(body="<p>Words.</p>")
    labels = {row["model"] for row in orjson.loads(said_by("dumpdata", "publishing"))}
    assert "publishing.compiledtext" not in labels
    assert "publishing.searchentry" in labels


def test_tombstones_live_for_ninety_days_and_then_older_cursors_expire(world, mirror, client):
    old_cursor = mirror.cursor
    AIModel.objects.filter(pk=world.pk).update(state=State.DRAFT)
    mirror.sync()
    tombstones = FeedEntry.objects.filter(is_deleted=True)
    tombstones.update(stamped_at=timezone.now() - timedelta(days=89))
    drop_old_tombstones()
    assert tombstones.exclude(type="source").count() == 2
    assert client.get("/api/v1/changes/", {"cursor": old_cursor}).status_code == 200
    tombstones.update(stamped_at=timezone.now() - timedelta(days=91))
    drop_old_tombstones()
    assert not tombstones.exists()
    response = client.get("/api/v1/changes/", {"cursor": old_cursor})
    assert response.status_code == 410
    assert response.json()["type"].endswith("#problem-cursor-expired")
    assert response.headers["Link"].endswith('/api/v1/changes/>; rel="first"')
    assert client.get("/api/v1/").json()["feed"]["horizon"] == FeedState.objects.get().head
    assert mirror.news() == []


def test_a_cursor_that_expires_while_its_page_is_read_is_refused(world, mirror, client, monkeypatch):
    AIModel.objects.filter(pk=world.pk).update(state=State.DRAFT)
    stamp()
    FeedEntry.objects.filter(is_deleted=True).update(stamped_at=timezone.now() - timedelta(days=91))

    def after_the_pruning(*args):
        drop_old_tombstones()
        return feed_page(*args)

    monkeypatch.setattr("catalog.documents.sync.api.feed_page", after_the_pruning)
    assert client.get("/api/v1/changes/", {"cursor": mirror.cursor}).status_code == 410


def test_who_began_anew_before_the_tombstones_went_may_go_on(world, mirror, client):
    """The copy began after these records were deleted, so it misses no deletion."""
    AIModel.objects.filter(pk=world.pk).update(state=State.DRAFT)
    first = client.get("/api/v1/changes/", {"limit": 1}).json()
    FeedEntry.objects.filter(is_deleted=True).update(stamped_at=timezone.now() - timedelta(days=91))
    drop_old_tombstones()
    assert client.get("/api/v1/changes/", {"cursor": first["cursor"]}).status_code == 200


def test_a_record_whose_tombstone_went_can_come_back(world, mirror):
    AIModel.objects.filter(pk=world.pk).update(state=State.DRAFT)
    mirror.sync()
    FeedEntry.objects.filter(is_deleted=True).update(stamped_at=timezone.now() - timedelta(days=91))
    drop_old_tombstones()
    AIModel.objects.filter(pk=world.pk).update(state=State.PUBLISHED)
    assert mirror.news() == [("model", "upsert"), ("offering", "upsert")]


def test_the_worker_stamps_and_looks_after_the_triggers(world, mirror):
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    assert FeedMark.objects.exists()
    stamp()
    assert not FeedMark.objects.exists()
    assert triggers.missing() == []


def test_who_has_written_stamps_after_the_commit(world, mirror, django_capture_on_commit_callbacks):
    connection.run_on_commit.clear()  # the writes of the fixtures
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        AIModel.objects.filter(pk=world.pk).update(notice="New.")
        AIModel.objects.filter(pk=world.pk).update(notice="Newer.")
    assert [callback.__name__ for callback in callbacks].count("stamp_if_behind") == 1
    assert not FeedMark.objects.exists()


def test_a_savepoint_taken_back_does_not_take_the_stamp_of_what_stays(world, mirror):
    connection.run_on_commit.clear()
    with transaction.atomic():
        AIModel.objects.filter(pk=world.pk).update(notice="Lost.")
        transaction.set_rollback(True)
    assert stamps_that_wait() == 0
    AIModel.objects.filter(pk=world.pk).update(notice="Kept.")
    assert stamps_that_wait() == 1


def stamps_that_wait() -> int:
    return sum(hook is stamp_if_behind for _, hook, _ in connection.run_on_commit)


def test_who_only_reads_stamps_nothing(world, mirror, django_capture_on_commit_callbacks):
    connection.run_on_commit.clear()
    with django_capture_on_commit_callbacks() as callbacks:
        list(AIModel.objects.all())
    assert callbacks == []


def test_a_row_of_which_no_document_can_be_made_does_not_shut_the_feed(world, mirror, monkeypatch, caplog):
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    with monkeypatch.context() as patch:
        patch.setattr("catalog.documents.fields.portable_html", lambda html: html.no_such_thing)
        assert mirror.news() == []
    assert "could not be brought up to date" in caplog.text
    assert mirror.news() == [("model", "upsert")], "and nothing was lost by it"


def test_numbers_go_on_where_only_the_state_was_lost(world, mirror, client):
    last = FeedState.objects.get().head
    FeedState.objects.all().delete()
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    assert client.get("/api/v1/changes/", {"cursor": mirror.cursor}).status_code == 410
    again = Mirror(client).sync()
    assert again.records[("model", str(world.public_id))]["notice"] == "New."
    assert FeedState.objects.get().head == last + 1


def test_an_older_program_leaves_the_documents_of_a_newer_one_alone(world, mirror):
    FeedState.objects.update(schema=99)
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    assert mirror.news() == []
    assert FeedMark.objects.exists()


def test_an_upgrade_leaves_the_documents_to_the_first_stamp_after_the_switch(world, mirror):
    FeedState.objects.update(schema=SCHEMA - 1)
    FeedEntry.objects.update(hash="0" * 64, body="{}")
    call_command("migrate", verbosity=0)
    assert FeedEntry.objects.live().filter(body="{}").count() == FeedEntry.objects.live().count()
    stamp()  # as the worker does each minute
    assert not stored_head().is_behind
    assert not FeedEntry.objects.live().filter(body="{}").exists()


def test_a_newer_schema_has_everything_looked_at(world, mirror):
    FeedState.objects.update(schema=0)
    FeedEntry.objects.update(hash="0" * 64)
    assert len(mirror.news(with_sources=True)) == 23
    assert FeedState.objects.get().schema == SCHEMA

"""Readers see earlier commits, wait for no lock, and never cause an error."""

import threading
from contextlib import contextmanager
from time import monotonic

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection, connections, transaction

from catalog.documents import read
from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel, FeedMark, FeedState, ModelSummary
from ops.page_cache.content_version import content_version
from ops.page_cache.decorator import render_page
from tests.catalog import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def model():
    model = factories.model(name="Falcon")
    stamp()
    return model


def rename(model, name: str):
    """Rename the model like a writer that is killed before it stamps."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_aimodel SET name = %s WHERE id = %s", [name, model.pk])


@pytest.fixture
def nobody_stamps(monkeypatch):
    monkeypatch.setattr("catalog.documents.sync.keeping.head_after_stamping", lambda **limits: None)


@contextmanager
def stamping_elsewhere():
    """Hold the lock that stamps need in another connection."""
    begun, may_end = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            FeedState.objects.update(horizon=0)
            begun.set()
            may_end.wait(20)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait(20)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


def test_a_reader_sees_what_nobody_has_stamped(model, nobody_stamps):
    rename(model, "Hawk")
    assert FeedMark.objects.exists()
    assert render_page(lambda: read.documents("model", [model.pk]).get(model.pk)["name"]) == ("Hawk", True)


def test_who_holds_the_lock_delays_no_reader(model, nobody_stamps):
    rename(model, "Hawk")
    with stamping_elsewhere():
        begun = monotonic()
        assert render_page(lambda: read.documents("model", [model.pk]).get(model.pk)["name"]) == ("Falcon", False)
        assert monotonic() - begun < 2
    assert render_page(lambda: read.documents("model", [model.pk]).get(model.pk)["name"]) == ("Hawk", True)


def test_a_reader_is_told_of_no_error(model, nobody_stamps, monkeypatch, caplog):
    rename(model, "Hawk")
    with monkeypatch.context() as patch:
        patch.setattr("catalog.documents.sync.stamping.records_behind", lambda marks: 1 / 0)
        assert render_page(lambda: read.documents("model", [model.pk]).get(model.pk)["name"]) == ("Falcon", False)
    assert "could not be brought up to date" in caplog.text
    assert read.documents("model", [model.pk]).get(model.pk)["name"] == "Hawk"


def test_a_reader_within_a_transaction_sees_what_it_wrote(model):
    with transaction.atomic():
        AIModel.objects.filter(pk=model.pk).update(name="Hawk")
        assert read.documents("model", [model.pk]).get(model.pk)["name"] == "Hawk"
        assert ModelSummary.objects.get().name == "Hawk"
        transaction.set_rollback(True)
    assert read.documents("model", [model.pk]).get(model.pk)["name"] == "Falcon"


def test_a_stamp_that_writes_raises_the_number_of_the_content(model, nobody_stamps, settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path  # the tests beside this one raise the number in the folder of all
    monkeypatch.setattr(content_version, "looked_at", float("-inf"))
    rename(model, "Hawk")
    before = content_version.current()
    for _ in range(20):  # a reader stops after 50 ms, which a busy machine may need for a part of the work
        read.stamp_pending_changes()
        if not FeedMark.objects.exists():
            break
    raised = content_version.current()
    assert raised != before
    read.stamp_pending_changes()
    stamp()
    assert content_version.current() == raised


def test_a_request_asks_once(model, django_assert_num_queries):
    request_started.send(sender=None, environ={"REQUEST_METHOD": "GET", "PATH_INFO": "/catalog/"})
    with django_assert_num_queries(3):
        read.documents("model", [model.pk]).get(model.pk)
        read.documents("model", [model.pk]).get(model.pk)
    request_finished.send(sender=None)
    with django_assert_num_queries(4):
        read.documents("model", [model.pk]).get(model.pk)
        read.documents("model", [model.pk]).get(model.pk)

"""Imports started in the admin: compared by the worker, shown, then written."""

import socket
from datetime import timedelta
from urllib.parse import urlsplit

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from catalog.importers import requested
from catalog.importers.held import apply_all_held
from catalog.importers.requested import compare_requested
from catalog.models import AIModel, ImportRun
from ops.http import fetch
from tests import factories as people
from tests.catalog.feeds import SMALL, stored, take_over, without_source

pytestmark = pytest.mark.django_db
NEW = reverse("admin:catalog_importrun_new")


@pytest.fixture
def manager(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    client.user = people.user("Catalogue manager")
    client.force_login(client.user)
    return client


def upload(client, content=None, name="feed.json"):
    file = SimpleUploadedFile(name, orjson.dumps(SMALL) if content is None else content)
    return client.post(NEW, {"file": file}, follow=True)


def step(client, run, name):
    return client.post(reverse("admin:catalog_importrun_step", args=[run.pk]), {"step": name}, follow=True)


def test_a_file_is_compared_then_written_by_two_buttons(manager, tmp_path):
    page = upload(manager).text
    run = ImportRun.objects.get()
    assert (run.state, run.feed, run.requested_by) == ("queued", "models_dev", manager.user)
    assert "Waiting for the worker" in page
    assert "<progress" in page
    compare_requested.call(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done_count) == ("held", run.total_count)
    assert not AIModel.objects.exists()
    assert not list(tmp_path.glob("imports/*"))
    page = manager.get(reverse("admin:catalog_importrun_change", args=[run.pk])).text
    assert "models: 2 new" in page
    assert ">Apply<" in page
    assert "differences applied" in step(manager, run, "write").text
    apply_all_held.call(run.pk)
    assert stored() == without_source(SMALL)


def test_a_feed_is_fetched_from_its_address(manager, monkeypatch):
    manager.post(NEW, {"feed": "models_dev"})
    run = ImportRun.objects.get()
    monkeypatch.setattr(requested, "read", lambda address: SMALL if address == run.address else None)
    compare_requested.call(run.pk)
    run.refresh_from_db()
    assert (run.address, run.state) == ("https://models.dev/api.json", "held")


def test_a_feed_that_cannot_be_fetched_says_so(manager, monkeypatch):
    def resolve(host, *args, **kwargs):
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(fetch.socket, "getaddrinfo", resolve)
    manager.post(NEW, {"feed": "litellm"})
    run = ImportRun.objects.get()
    compare_requested.call(run.pk)
    page = manager.get(reverse("admin:catalog_importrun_change", args=[run.pk])).text
    host = urlsplit(run.address).hostname
    assert f"Could not reach {host}. Try again or choose a file." in page.partition("<fieldset")[0]


@pytest.mark.parametrize(
    "content", [b"name,slug\n", b"%PDF-1.7 note", b"{}", b"[]"], ids=["table", "PDF", "empty object", "empty list"]
)
def test_a_wrong_file_is_refused_at_once(manager, content):
    assert "This is not a JSON file of models.dev or LiteLLM." in upload(manager, content).text
    assert not ImportRun.objects.exists()


def test_a_comparison_is_stopped(manager, monkeypatch):
    monkeypatch.setattr("catalog.importers.entries.BATCH", 1)
    upload(manager)
    run = ImportRun.objects.get()
    held = requested.import_feed

    def stopped_at_once(*args, on_progress, **kwargs):
        def after_one(done, total):
            step(manager, run, "stop")
            on_progress(done, total)

        return held(*args, on_progress=after_one, **kwargs)

    monkeypatch.setattr(requested, "import_feed", stopped_at_once)
    compare_requested.call(run.pk)
    run.refresh_from_db()
    assert run.state == "interrupted"
    assert ">Stop<" not in manager.get(reverse("admin:catalog_importrun_change", args=[run.pk])).text


def test_writing_is_stopped_and_the_rest_stays_held(manager):
    run = take_over(SMALL, holds=True)
    step(manager, run, "write")
    step(manager, run, "stop")
    apply_all_held.call(run.pk)
    run.refresh_from_db()
    assert run.state == "held"
    assert not AIModel.objects.exists()


def test_a_comparison_whose_worker_was_killed_is_interrupted(manager):
    upload(manager)
    ImportRun.objects.update(state="running", applying_at=timezone.now() - timedelta(hours=1))
    assert requested.interrupt_silent() == 1
    assert ImportRun.objects.get().state == "interrupted"


def test_only_who_may_apply_imports_starts_them(client):
    client.force_login(people.user("Author"))
    assert client.get(NEW).status_code == 403

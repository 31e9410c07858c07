"""The database is away, busy or read-only, or the disk is full: reading continues if possible, typed text is returned,
and no restart is needed.
"""

import errno
import io
import logging
import re
import sqlite3
from urllib.parse import urlencode

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, OperationalError, connection

from articles.models import Article
from enquiries.models import Enquiry
from faq.models import Vote
from ops.http import outage
from ops.logging import formatters as logs
from publishing.revisions.models import Revision
from publishing.site.current import _last_known
from publishing.site.models import SiteSettings
from tests import factories
from tests.enquiries import sending
from tests.forms import values_of
from tests.ops.outages import database_away, database_read_only, no_room
from tests.surfaces import paths_that_answer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
NOT_SAVED = "your changes were not saved"


@pytest.fixture(autouse=True)
def reader(client):
    """A client for which exceptions become responses, as on the real server."""
    client.raise_request_exception = False
    SiteSettings.objects.get_or_create(pk=1)  # the database was emptied
    return client


@pytest.fixture
def editor(reader):
    reader.force_login(factories.administrator())
    return reader


def errors_in(response) -> str:
    return (
        " ".join(re.findall(r"errorlist.*?</ul>", response.content.decode(), re.S)) or response.content.decode()[:500]
    )


def assert_unavailable(response, words):
    assert response.status_code == 503, errors_in(response)
    assert response.headers["Retry-After"] == "30"
    assert "no-store" in response.headers["Cache-Control"]
    assert words in response.content.decode()
    assert "Traceback" not in response.content.decode()


# Away ------------------------------------------------------------------------------------------


def test_without_a_database_every_page_says_so_and_the_next_request_after_it_succeeds(reader):
    site = SiteSettings.objects.get()
    site.logo, site.name = factories.image(), "Beispiel"
    site.save()
    article = factories.article()
    address = article.get_absolute_url()
    assert reader.get(address).status_code == 200
    for _ in range(2):
        with database_away():
            for path in (address, "/", "/nothing/", "/contact/", "/search/?q=model", "/sitemap.xml"):
                response = reader.get(path)
                assert_unavailable(response, "cannot reach its database")
                assert "<h1" in response.content.decode()
                assert "Beispiel" in response.content.decode()  # the last value that this process has read
            assert reader.get("/healthz").status_code == 200
        assert reader.get(address).status_code == 200


def test_a_process_that_has_never_reached_the_database_says_so_too(reader, monkeypatch):
    _last_known.clear()
    with database_away():
        assert_unavailable(reader.get("/"), "cannot reach its database")


def test_without_a_database_the_api_gives_a_problem_document(reader):
    keyed = {"Authorization": "Bearer abcdefgh.ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"}
    with database_away():
        for headers in ({}, keyed):
            response = reader.get("/api/v1/articles/", headers=headers)
            assert_unavailable(response, "cannot reach its database")
            assert response.headers["Content-Type"] == "application/problem+json"
            assert response.json()["request_id"] == response.headers["X-Request-ID"]


def test_readiness_says_what_is_missing(reader):
    with database_away():
        response = reader.get("/readyz")
    assert response.status_code == 503, errors_in(response)
    assert response.json()["database"] == "does not answer"


def test_what_an_editor_sends_without_a_database_is_told_to_be_unsaved(editor):
    article = factories.article()
    with database_away():
        response = editor.post(f"/admin/articles/article/{article.pk}/change/", {"title": "New"})
    assert_unavailable(response, NOT_SAVED)
    assert "your input is still in the form" in response.content.decode()


def test_a_message_sent_without_a_database_is_shown_again_with_every_word(reader):
    reader.get("/contact/")
    with database_away():
        response = sending.post(reader, message="Nothing of this may be lost.")
        assert_unavailable(response, NOT_SAVED)
        assert "Nothing of this may be lost." in response.content.decode()
    assert not Enquiry.objects.exists()


# Read-only -------------------------------------------------------------------------------------


def test_everything_can_be_read_while_nothing_can_be_written(reader):
    records = factories.world()
    paths = paths_that_answer(reader, records)
    with database_read_only():
        refused = {path: reader.get(path).status_code for path in paths}
    assert not {path: status for path, status in refused.items() if status != 200}


def test_new_searches_and_old_addresses_are_answered_while_nothing_can_be_written(reader):
    article = factories.article(slug="old")
    article.slug = "new"
    article.save()
    assert reader.get("/api/v1/changes/").status_code == 200  # the feed's first request: the initial data
    factories.world()
    with database_read_only():
        assert reader.get("/articles/old/").status_code == 301
        assert reader.get("/articles/nothing/").status_code == 404
        assert reader.get("/search/?q=nothing").status_code == 200
        assert reader.get("/api/v1/changes/").status_code == 200


def form_of(client, address, **values):
    return values_of(client.get(address).content, "article_form") | values


@pytest.mark.parametrize("kind", ["change", "add"])
def test_what_an_editor_typed_stands_in_the_form_while_nothing_can_be_written(editor, kind):
    article = factories.article(title="Before")
    address = f"/admin/articles/article/{f'{article.pk}/change' if kind == 'change' else 'add'}/"
    values = form_of(editor, address, title="Typed for an hour", body="<p>Nothing may be lost.</p>", _continue="save")
    before = Revision.objects.count()
    with database_read_only():
        response = editor.post(address, values)
        assert_unavailable(response, NOT_SAVED)
        again = values_of(response.content, "article_form")
    assert again["title"] == ["Typed for an hour"]
    assert "Nothing may be lost." in again["body"][0]
    assert Revision.objects.count() == before
    # The returned form saves its content once that is possible.
    assert editor.post(address, again | {"_continue": "save"}).status_code == 302
    assert Revision.objects.latest("pk").content["fields"]["title"] == "Typed for an hour"


@pytest.mark.parametrize(
    "path", ["catalog/vendor/add", "publishing/redirect/add", "publishing/sitesettings/1/change", "catalog/source/add"]
)
def test_other_forms_of_the_admin_keep_what_was_typed_too(editor, path):
    address = f"/admin/{path}/"
    form_id = f"{path.split('/')[1]}_form"
    typed = {"name": "Typed", "title": "Typed", "slug": "typed", "path": "/typed/", "new_path": "/catalog/"}
    others = {"url": "https://example.com/", "read_on": "2026-11-25"}
    values = values_of(editor.get(address).content, form_id) | typed | others
    with database_read_only():
        response = editor.post(address, values)
        assert_unavailable(response, NOT_SAVED)
        again = values_of(response.content, form_id)
    assert {name: again[name] for name in typed if name in again} == {
        name: [value] for name, value in typed.items() if name in again
    }


def test_an_autosave_and_an_action_say_that_nothing_was_saved(editor):
    article = factories.article()
    values = form_of(
        editor, f"/admin/articles/article/{article.pk}/change/", title="Typed", writer=editor.session["_auth_user_id"]
    )
    action = {"action": "unpublish_selected", "_selected_action": article.pk, "post": "yes"}
    with database_read_only():
        assert_unavailable(editor.post(f"/admin/articles/article/{article.pk}/autosave/", values), NOT_SAVED)
        assert_unavailable(editor.post("/admin/articles/article/", action), NOT_SAVED)
    assert Article.objects.published().exists()


def test_signing_in_while_nothing_can_be_written_is_refused_in_words(reader):
    get_user_model().objects.create_superuser("anna", password="a password of hers")
    for password in ("a password of hers", "wrong"):
        with database_read_only():
            response = reader.post("/admin/login/", {"username": "anna", "password": password})
        assert_unavailable(response, "Signing in is not possible")


def test_a_message_and_a_vote_keep_their_words_while_nothing_can_be_written(reader):
    question = factories.question()
    address = f"{question.get_absolute_url()}helpful/"
    vote = {"seen": question.last_changed_at.isoformat(), "verdict": "no", "reason": "It is wrong about prices."}
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
    with database_read_only():
        response = sending.post(reader, message="Nothing of this may be lost.")
        assert_unavailable(response, NOT_SAVED)
        assert "Nothing of this may be lost." in response.content.decode()
        response = reader.post(address, urlencode(vote), content_type="application/x-www-form-urlencoded", headers=own)
        assert_unavailable(response, NOT_SAVED)
        assert "It is wrong about prices." in response.content.decode()
    assert not Enquiry.objects.exists()
    assert not Vote.objects.exists()


# Full ------------------------------------------------------------------------------------------


@pytest.mark.only_on("sqlite")  # PostgreSQL cannot be told that it is full
def test_a_full_disk_keeps_what_was_typed(editor):
    article = factories.article()
    address = f"/admin/articles/article/{article.pk}/change/"
    values = form_of(editor, address, body="<p>" + "Long words. " * 20_000 + "</p>", _continue="save")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            response = editor.post(address, values)
            assert_unavailable(response, "disk of the site is full")
            assert "Long words." in response.content.decode()
            assert editor.get(article.get_absolute_url()).status_code == 200
        finally:
            cursor.execute("PRAGMA max_page_count = 4294967294")
    assert editor.post(address, values).status_code == 302


def test_a_picture_for_which_there_is_no_room_is_refused_in_words(editor, monkeypatch):
    monkeypatch.setattr(type(default_storage._wrapped), "_save", no_room)
    form = values_of(editor.get("/admin/publishing/image/add/").content, "image_form")
    picture = factories.picture_file()
    response = editor.post("/admin/publishing/image/add/", form | {"file": picture, "alt": "A tomato"})
    assert_unavailable(response, "disk of the site is full")
    assert "A tomato" in response.content.decode()


# The error report and the log -------------------------------------------------------


def caused_by(cause, kind=OperationalError):
    try:
        raise kind("said") from cause
    except kind as error:
        return error


def of_sqlite(code):
    cause = sqlite3.OperationalError("said")
    cause.sqlite_errorcode = code
    return caused_by(cause)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), outage.READ_ONLY),
        (of_sqlite(sqlite3.SQLITE_FULL), outage.FULL),
        (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), outage.BUSY),
        (of_sqlite(sqlite3.SQLITE_CANTOPEN), outage.AWAY),
        (of_sqlite(sqlite3.SQLITE_ERROR), None),
        (caused_by(psycopg.errors.DiskFull("said")), outage.FULL),
        (caused_by(psycopg.errors.ReadOnlySqlTransaction("said")), outage.READ_ONLY),
        (caused_by(psycopg.errors.AdminShutdown("said")), outage.AWAY),
        (caused_by(psycopg.errors.CannotConnectNow("said")), outage.AWAY),
        (caused_by(psycopg.errors.TooManyConnections("said")), outage.AWAY),
        (caused_by(psycopg.OperationalError("the connection is closed")), outage.AWAY),
        (caused_by(psycopg.errors.DeadlockDetected("said")), outage.BUSY),
        (caused_by(psycopg.errors.UndefinedTable("said")), None),
        (caused_by(psycopg.errors.UniqueViolation("said"), IntegrityError), None),
        (caused_by(of_sqlite(sqlite3.SQLITE_FULL), RuntimeError), outage.FULL),
        (OSError(errno.ENOSPC, "said"), outage.FULL),
        (OSError(errno.ECONNRESET, "said"), None),
        (DatabaseError("said"), None),
        (ValueError("said"), None),
        (None, None),
    ],
)
def test_what_is_wrong_is_told_from_what_is_a_fault(error, trouble):
    assert outage.outage_of(error) is trouble


def test_a_fault_is_a_fault_still(reader, monkeypatch):
    def broken(*args):
        raise DatabaseError("no such column")

    monkeypatch.setattr("publishing.site.models.SiteSettingsQuerySet.current", broken)
    assert reader.get("/").status_code == 500


def test_an_outage_is_logged_in_one_line_without_a_traceback(reader):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.TextFormatter())
    handler.addFilter(outage.OutageFilter())
    django = logging.getLogger("django")
    django.addHandler(handler)
    try:
        with database_away():
            assert reader.get("/").status_code == 503
        (line,) = stream.getvalue().splitlines()
        assert "Service Unavailable: / OperationalError: " in line
    finally:
        django.removeHandler(handler)


def test_an_error_that_is_its_own_cause_ends_the_search():
    error = OperationalError("no words")
    error.__cause__ = error
    assert outage.outage_of(error) is None

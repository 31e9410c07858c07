"""Missing addresses in the admin: which requests count, the limits, and when entries expire."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.http.request import HttpHeaders

from publishing.content import miss
from publishing.content.miss import Miss
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.quality import misses as counting
from publishing.quality.gaps import forget_misses
from publishing.quality.misses import addresses, note_address
from tests import factories
from tests.publishing.content.test_permissions import sign_in
from tests.readers import FIREFOX
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIST = "/admin/publishing/dismissedgap/?source=addresses"


@pytest.fixture(autouse=True)
def counted_in_this_thread(monkeypatch):
    """The writer thread is off: pending requests are written only by the test."""
    for name, value in (("pending", {}), ("asked_by", {}), ("writer", "asleep")):
        monkeypatch.setattr(addresses, name, value)


def ask(client, path, reader="192.0.2.1", **headers):
    response = client.get(path, headers=FIREFOX | headers, REMOTE_ADDR=reader)
    assert response.status_code == 404
    return response


def listed():
    addresses.write()
    return {row.text: row.readers for row in Miss.objects.all()}


def add(asked):
    Miss.objects.add(Miss.Kind.ADDRESS, asked)


def test_what_readers_ask_for_is_counted_once_for_each(client):
    for reader in ("192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"):
        ask(client, "/old-page/", reader, Referer="https://news.example.com/a?user=ada#x")
    assert listed() == {"/old-page/": 3}
    row = Miss.objects.get()
    assert row.came_from == "https://news.example.com/a"
    ask(client, "/old-page/", "192.0.2.3", Referer="http://testserver/articles/?q=secret")
    listed()
    row.refresh_from_db()
    assert (row.readers, row.days, row.came_from) == (4, 1, "/articles/")


def test_nothing_of_the_reader_is_stored(client):
    ask(client, "/old-page/", "192.0.2.77", Referer="https://name:word@example.com/u/ada@example.com/?mail=a")
    listed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM publishing_miss")
        stored = str(cursor.fetchall())
    assert "https://example.com'" in stored
    for trace in ("192.0.2", "Firefox", "ada", "word", "mail"):
        assert trace not in stored


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/gone/", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}),
        ("/gone/", {"User-Agent": "curl/8.14"}),
        ("/gone/", {"User-Agent": ""}),
        ("/gone/", {"Sec-Fetch-Dest": "image"}),
        ("/gone/", {"Sec-Purpose": "prefetch"}),
        *((path, {}) for path in ("/wp-login.php", "/.env", "/old/.git/config", "/index.php", "/backup.zip")),
        *((path, {}) for path in ("/wp-admin/", "/apple-touch-icon.png", "/static/none.css", "/media/none.jpg")),
        *((path, {}) for path in ("/api/v1/none/", "/a/%3Cscript%3E/", "/mail/ada@example.com/", "/%00/", "/a%0Ab/")),
        ("/" + "a" * 400 + "/", {}),
    ],
)
def test_programs_and_probes_are_left_out(client, path, headers):
    ask(client, path, **headers)
    assert listed() == {}


def test_editors_at_work_and_posts_are_left_out(client):
    sign_in(client, "Editor")
    ask(client, "/gone/")
    client.logout()
    client.post("/gone/", headers=FIREFOX)
    assert listed() == {}


def test_one_reader_adds_few_and_a_flood_adds_little_and_pushes_out_nothing_proven(client, monkeypatch):
    for number in range(50):
        ask(client, f"/random-{number}/")
    assert len(listed()) == counting.MOST_PER_NETWORK
    for number in range(300):
        ask(client, f"/flood-{number}/", f"198.51.{number % 100}.{number // 100}")
    assert len(addresses.pending) == counting.MOST_PENDING
    addresses.pending.clear()

    monkeypatch.setattr(miss, "MOST_NEW", 10)
    monkeypatch.setattr(miss, "MOST_KNOWN", 5)
    Miss.objects.all().delete()
    with time_machine.travel(NOON, tick=False) as clock:
        add({f"/real-{number}/": (1, "") for number in range(4)})
        clock.shift(timedelta(days=1))
        add({f"/real-{number}/": (1, "") for number in range(4)})
        for wave in range(5):
            add({f"/flood-{wave}-{number}/": (9, "") for number in range(20)})
    paths = {*Miss.objects.values_list("text", flat=True)}
    assert {f"/real-{number}/" for number in range(4)} <= paths
    assert len(paths) == 14


def test_of_what_was_asked_on_several_days_the_least_asked_goes_first(monkeypatch):
    monkeypatch.setattr(miss, "MOST_KNOWN", 2)
    with time_machine.travel(NOON, tick=False) as clock:
        for paths in (("/a/", "/b/", "/c/"), ("/a/", "/b/"), ("/a/", "/c/")):
            add(dict.fromkeys(paths, (1, "")))
            clock.shift(timedelta(days=1))
    assert listed() == {"/a/": 3, "/c/": 2}


def test_answer_is_given_even_where_nothing_can_be_noted(client, monkeypatch, caplog):
    def refuse(kind, asked):
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr(Miss.objects, "add", refuse)
    ask(client, "/gone/")
    addresses.write()
    assert "could not be noted" in caplog.text
    ask(client, "/gone/", "192.0.2.9", Referer="http://[bad")


def test_the_answer_asks_the_database_nothing_more(client, django_assert_num_queries):
    ask(client, "/gone/")
    with django_assert_num_queries(0):
        request = type("Request", (), {})()
        request.path_info = "/gone/"
        request.META = HttpHeaders.to_wsgi_names(FIREFOX) | {"REMOTE_ADDR": "192.0.2.5", "REQUEST_METHOD": "GET"}
        request.headers = {}
        note_address(request)
    assert listed() == {"/gone/": 2}


def test_address_leaves_the_list_when_something_answers_there(client):
    for path in ("/articles/made/", "/articles/renamed/", "/led/", "/retired/", "/articles/later/", "/still-gone/"):
        ask(client, path)
    listed()
    factories.article(slug="made")
    article = factories.article(slug="other")
    article.slug = "renamed"
    article.save()
    Redirect.objects.create(path="/led/", new_path="/faq/")
    Redirect.objects.create(path="/retired/", is_gone=True)
    assert set(listed()) == {"/articles/later/", "/still-gone/"}
    factories.article(slug="later", state=State.DRAFT)
    type(article)._base_manager.filter(slug="later").update(state=State.PUBLISHED)  # bypassing its detection
    add({"/articles/later/": (1, "")})
    forget_misses()
    assert set(listed()) == {"/still-gone/"}


def test_what_nobody_asks_for_any_more_is_forgotten():
    with time_machine.travel(NOON, tick=False) as clock:
        add({"/old/": (1, "")})
        clock.shift(miss.KEPT + timedelta(seconds=1))
        add({"/new/": (1, "")})
        forget_misses()
    assert listed() == {"/new/": 1}


@pytest.mark.django_db(transaction=True)
def test_it_is_written_by_a_thread_soon_after_the_answer(client, monkeypatch):
    monkeypatch.setattr(addresses, "writer", None)
    monkeypatch.setattr(addresses, "pause_seconds", 0.01)
    ask(client, "/gone/")
    wait_until(Miss.objects.filter(text="/gone/").exists, 20)
    ask(client, "/gone-too/")
    wait_until(Miss.objects.filter(text="/gone-too/").exists, 20)


# In the admin --------------------------------------------------------------------------------------


def test_editor_makes_a_redirect_to_a_record_with_one_click_and_its_name(client):
    sign_in(client, "Editor")
    add({"/wrong/": (2, "/articles/")})
    article = factories.article(slug="right")
    page = client.get(LIST).content.decode()
    assert "2 readers" in page
    assert 'Linked from <a href="/articles/"' in page
    assert 'href="/admin/publishing/redirect/add/?path=%2Fwrong%2F"' in page
    form = client.get("/admin/publishing/redirect/add/?path=%2Fwrong%2F").content.decode()
    assert 'name="path" value="/wrong/"' in form
    data = {"path": "/wrong/", "new_path": article.get_absolute_url()}
    assert client.post("/admin/publishing/redirect/add/", data).status_code == 302
    redirect = Redirect.objects.get()
    assert (redirect.target, redirect.new_path) == (article, "")
    assert listed() == {}
    article.slug = "moved"
    article.save()
    assert client.get("/wrong/").headers["Location"] == "/articles/moved/"


def test_a_redirect_that_follows_a_record_is_edited_into_an_address_or_gone_and_back(client):
    sign_in(client, "Editor")
    article = factories.article(slug="right")
    redirect = Redirect.objects.create(path="/wrong/", target=article)
    url = f"/admin/publishing/redirect/{redirect.pk}/change/"
    assert 'name="new_path" value="/articles/right/"' in client.get(url).content.decode()
    for data, expected in [
        ({"new_path": "/faq/"}, (None, "/faq/", False)),
        ({"is_gone": "on"}, (None, "", True)),
        ({"new_path": "/articles/right/"}, (article.pk, "", False)),
    ]:
        assert client.post(url, {"path": "/wrong/", **data}).status_code == 302
        redirect.refresh_from_db()
        assert (redirect.target_id, redirect.new_path, redirect.is_gone) == expected
    article.deleted_at = NOON
    article.save()
    client.post(url, {"path": "/mistyped/", "new_path": "/articles/right/"})
    redirect.refresh_from_db()
    assert (redirect.path, redirect.target) == ("/mistyped/", article)
    article.deleted_at = None
    article.save()
    for data in ({}, {"new_path": "/articles/right/", "is_gone": "on"}, {"new_path": "//x"}):
        assert client.post(url, {"path": "/wrong/", **data}).status_code == 200
    assert client.post(url, {"path": "/articles/right/", "new_path": "/articles/right/"}).status_code == 200

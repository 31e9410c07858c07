"""What is counted as a view, from which source, and what becomes of it in memory and in the database."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.db.models import Sum
from django.http.request import HttpHeaders

from ops.page_cache.content_version import content_version
from publishing.content import page_view as models
from publishing.content.page_view import OTHER, PageView, views_in_last_days
from publishing.content.publishable import State
from publishing.quality import page_views as counting
from tests import factories
from tests.publishing.content.test_permissions import sign_in
from tests.readers import BROWSERS, FAKED, FIREFOX
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOON.date()
SEARCH = "http://localhost/search/?q="


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def sums(*fields):
    rows = PageView.objects.values_list(*fields or ["path"]).order_by().annotate(Sum("views"))
    return {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in rows}


def add(views, day=TODAY):
    PageView.objects.add({(day, *view): number for view, number in views.items()})


def test_each_view_of_a_public_page_counts_cached_or_not_and_nothing_else(visit, counter, cache, client):
    article = factories.article(slug="read")
    factories.article(slug="draft", state=State.DRAFT)
    tag = visit("/articles/read/").headers["etag"]
    made = len(cache.asked)
    assert visit("/articles/read/", If_None_Match=tag).status == 304
    assert visit("/articles/read/", BROWSERS["w3m"], "192.0.2.9").status == 200
    assert len(cache.asked) == made
    assert visit("/faq/?page=1").status in {200, 301, 302, 404}
    others = ["/articles/draft/", "/none/", "/articles/read.md", "/robots.txt", "/api/v1/", "/admin/login/", "/healthz"]
    for path in [*others, "/articles/feed.rss", "/catalog/suggest/?q=gpt"]:
        visit(path)
    visit("/articles/read/", method="HEAD")
    sign_in(client, "Editor")
    visit("/articles/read/", Cookie=f"session={client.cookies['session'].value}")
    counter.write()
    assert sums().pop(article.get_absolute_url()) == 3
    assert set(sums()) <= {"/articles/read/", "/faq/"}
    assert {row.record for row in PageView.objects.filter(path="/articles/read/")} == {article}


def test_sources_are_the_host_that_links_and_the_words_searched_for_here(visit, counter):
    factories.article(slug="read")
    for referrer in (
        *("https://www.news.example/a?user=ada", "http://news.example:8080/", "android-app://com.mail.app/"),
        *("http://localhost/faq/", f"{SEARCH}Context+Windows", f"{SEARCH}ada%40example.com", f"{SEARCH}0171+2345678"),
        *("http://192.0.2.77/", "http://[bad", "nonsense", f"https://{'a' * 300}.example/"),
    ):
        assert visit("/articles/read/", Referer=referrer).status == 200
    for query in ("q=Context+Windows", "q=context+windows&kind=faq.question", "q=ada@example.com", ""):
        visit(f"/search/?{query}")
    counter.write()
    assert sums("path", "host", "term") == {
        ("/articles/read/", "news.example", ""): 2,
        ("/articles/read/", "com.mail.app", ""): 1,
        ("/articles/read/", "", ""): 3,
        ("/articles/read/", "", "context windows"): 1,
        ("/articles/read/", OTHER, ""): 4,
        ("/search/", "", "context windows"): 1,
        ("/search/", "", ""): 3,
    }


def test_nothing_of_a_reader_is_stored_or_outlives_the_day_in_memory(visit, counter, at_noon):
    visit("/faq/", address="192.0.2.77", Referer="https://ada:word@example.com/u/ada?mail=a")
    counter.write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM publishing_pageview")
        stored = str(cursor.fetchall())
    remembered = str([*counter.clients, *(client.counted for client in counter.clients.values())])
    assert "example.com" in stored
    for trace in ("192.0.2", "Chrome", "ada", "word", "mail"):
        assert trace not in stored + remembered
    salt, keys = counter.salt, set(counter.clients)
    at_noon.shift(timedelta(days=1))
    visit("/faq/", address="192.0.2.77")
    assert counter.salt != salt
    assert keys.isdisjoint(counter.clients)


def test_a_client_that_walks_through_a_list_is_taken_back_and_people_at_the_same_address_are_not(visit, counter):
    for _ in range(counting.MOST_UNLINKED):
        visit("/faq/")
    for _ in range(5):
        visit("/faq/", FIREFOX)
    counter.write()
    assert sums() == {"/faq/": counting.MOST_UNLINKED + 5}
    for _ in range(3):
        visit("/faq/")
    counter.write()
    assert sums() == {"/faq/": 5}


def test_an_office_that_follows_links_counts_even_with_one_browser(visit, counter, at_noon):
    for number in range(180):
        at_noon.shift(timedelta(seconds=20))
        visit("/faq/", **{"Referer": "http://localhost/"} if number % 2 else {})
    assert counter.pending.total() == 180
    for _ in range(counting.MOST_AT_ONCE + 1):
        visit("/faq/", FIREFOX, Referer="http://localhost/")
    assert counter.pending.total() == 180


def test_a_scanner_is_found_by_what_it_tries(visit, counter):
    visit("/faq/")
    visit("/moved-long-ago/")
    visit("/old.php")
    assert counter.pending.total() == 1
    visit("/.env")
    assert counter.pending.total() == 0
    visit("/faq/")
    assert counter.pending.total() == 0


def test_a_user_agent_of_programs_alone_is_looked_at_once(visit, counter, monkeypatch):
    monkeypatch.setattr(counting, "MOST_PROGRAMS", 3)
    for headers in (*FAKED.values(), *({"User-Agent": f"curl/8.{number}"} for number in range(9))):
        visit("/faq/", headers)
    assert counter.programs == {None, FAKED["long"]["User-Agent"], "curl/8.0"}
    visit("/faq/", {})
    for headers in BROWSERS.values():
        visit("/faq/", headers)
    assert counter.pending.total() == len(BROWSERS)


def test_views_in_a_hurry_are_counted_one_by_one(visit, counter):
    def come(number: int, path: str, status="200 OK", **more):
        for reader in range(number):
            environ = HttpHeaders.to_wsgi_names(FIREFOX | {"X-Forwarded-For": ""}) | more
            address = f"2001:db8:{reader:x}::1"
            counter.note(environ | {"PATH_INFO": path, "REMOTE_ADDR": address}, status)

    come(counting.MOST_NOTED, "/faq/")
    assert len(counter.noted) == 0  # counted meanwhile
    for _ in range(3):
        come(700, "/faq/")
    come(700, "/faq/", "304 Not Modified")
    come(300, "/faq/", "503 Service Unavailable")
    come(300, "/faq/", HTTP_SEC_PURPOSE="prefetch")
    come(300, "/faq/", HTTP_SEC_FETCH_DEST="iframe")
    counter.write()
    assert sums() == {"/faq/": counting.MOST_NOTED + 2_800}


def test_clients_remembered_at_a_time_are_limited(visit, counter, monkeypatch):
    monkeypatch.setattr(counting, "MOST_CLIENTS", 10)
    for number in range(30):
        visit("/faq/", address=f"192.0.2.{number}")
        visit("/faq/", address=f"2001:db8:1:1::{number}")  # one network
    assert len(counter.clients) == 10
    assert counter.pending.total() == 60


def test_sources_of_a_page_are_limited_each_day(monkeypatch):
    monkeypatch.setattr(models, "MOST_SOURCES", 3)
    add({("/faq/", "", ""): 5, ("/faq/", "a.example", ""): 1, ("/faq/", "b.example", ""): 1})
    add({("/faq/", f"spam{number}.example", ""): 1 for number in range(50)})
    add({("/faq/", "a.example", ""): 1, ("/faq/", "c.example", ""): 1, ("/articles/", "c.example", ""): 1})
    found = sums("path", "host")
    assert found["/faq/", "a.example"] == 2
    assert found["/faq/", OTHER] == 51
    assert len([path for path, _ in found if path == "/faq/"]) <= 5
    assert found["/articles/", "c.example"] == 1
    assert sum(found.values()) == 5 + 1 + 1 + 50 + 3


def test_a_renamed_text_keeps_its_views_and_its_old_address_can_be_another_ones():
    first = factories.article(slug="first")
    add({("/articles/first/", "", ""): 3})
    first.slug = "renamed"
    first.save()
    second = factories.article(slug="first")
    add({("/articles/first/", "", ""): 1, ("/articles/renamed/", "", ""): 2})
    numbers = dict(type(first).objects.annotate(number=views_in_last_days(type(first), 30)).values_list("pk", "number"))
    assert (numbers[first.pk], numbers[second.pk]) == (5, 1)
    add({("/articles/renamed/", "", ""): -2})
    assert PageView.objects.of(type(first), first.pk).aggregate(Sum("views"))["views__sum"] == 3


def test_views_are_written_with_few_queries_and_leave_cached_pages_valid(number, django_assert_max_num_queries):
    paths = [factories.article(slug=f"article-{letter}").get_absolute_url() for letter in "abcdefgh"]
    version = number()
    many = {(path, f"{letter}.example", ""): 1 for path in paths for letter in "abcdefgh"}
    for views in ({(paths[0], "", ""): 1}, many, many):
        with django_assert_max_num_queries(28):  # of which one for each kind of record
            add(views)
    PageView.objects.thin()
    assert content_version.current() == version


def test_views_wait_for_a_database_that_refuses(visit, counter, monkeypatch, caplog):
    def refuse(views):
        raise DatabaseError("The disk is full.")

    visit("/faq/")
    with monkeypatch.context() as refused:
        refused.setattr(models.PageViewQuerySet, "add", lambda rows, views: refuse(views))
        counter.write()
    assert "kept for the next time" in caplog.text
    visit("/faq/")
    counter.write()
    assert sums() == {"/faq/": 2}


def test_sources_are_folded_after_months_and_sums_deleted_after_two_years():
    for days in (0, 80, 100, 700, 740):
        day = TODAY - timedelta(days=days)
        add({("/faq/", "", ""): 1, ("/faq/", "a.example", ""): 2, ("/search/", "", "tokens"): 3}, day)
        add({("/faq/", "b.example", ""): 4}, day)
    PageView.objects.thin()
    by_day = sums("day", "path", "host", "term")
    for days in (0, 80):
        day = TODAY - timedelta(days=days)
        assert by_day[day, "/faq/", "b.example", ""] == 4
        assert by_day[day, "/search/", "", "tokens"] == 3
    for days in (100, 700):
        day = TODAY - timedelta(days=days)
        assert {key[1:]: value for key, value in by_day.items() if key[0] == day} == {
            ("/faq/", "", ""): 7,
            ("/search/", "", ""): 3,
        }
    assert TODAY - timedelta(days=740) not in {day for day, *_ in by_day}


@pytest.mark.django_db(transaction=True)
def test_views_of_several_writers_at_once_are_all_counted():
    def write():
        try:
            for _ in range(10):
                add({("/faq/", host, ""): 1 for host in ("", "a.example", "b.example")})
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sums("host") == {"": 40, "a.example": 40, "b.example": 40}


@pytest.mark.django_db(transaction=True)
def test_they_are_written_by_a_thread_soon_after_the_answer(visit, counter):
    counter.pause_seconds, counter.writer = 0.01, None
    visit("/faq/")
    wait_until(PageView.objects.exists, 20)
    assert sums() == {"/faq/": 1}

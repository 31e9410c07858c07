"""Searches without results: which are recorded, what the list shows, how a draft is started from one."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import DatabaseError, connection
from lxml import html

from catalog.models import AIModel
from publishing.content import miss
from publishing.content.miss import Miss
from publishing.content.publishable import State
from publishing.quality import misses
from publishing.quality.gaps import DismissedGap, forget_misses
from tests import factories
from tests.publishing.content.test_permissions import sign_in
from tests.readers import FIREFOX

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIST = "/admin/publishing/dismissedgap/"


@pytest.fixture(autouse=True)
def counted_in_this_thread(monkeypatch):
    """The writer thread is off: pending searches are written only by the test."""
    for name, value in (("pending", {}), ("asked_by", {}), ("writer", "asleep")):
        monkeypatch.setattr(misses.searches, name, value)


def search(client, text, reader="192.0.2.1", **more):
    headers = FIREFOX | more.pop("headers", {})
    return client.get("/search/", {"q": text, **more}, headers=headers, REMOTE_ADDR=reader)


def noted():
    misses.searches.write()
    return {row.text: row.readers for row in Miss.objects.filter(kind=Miss.Kind.SEARCH)}


def add(searches):
    Miss.objects.add(Miss.Kind.SEARCH, {text: (readers, "") for text, readers in searches.items()})


def add_address(path, readers):
    Miss.objects.add(Miss.Kind.ADDRESS, {path: (readers, "")})


# Searches -----------------------------------------------------------------------------------------------------


def test_what_is_found_nowhere_is_counted_once_for_each_reader_in_one_spelling(client):
    factories.article(title="Tokens", body="<p>Prices of tokens.</p>")
    for reader in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        search(client, "  Quantum  Ågents? ", reader)
    search(client, "tokens")
    search(client, "tokens zebra")  # no page has both
    search(client, "prices", kind="faq.question")
    assert noted() == {"quantum agents": 2, "tokens zebra": 1}


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com",
        "ada at example dot com",
        "Ada AT example.com",
        "ada(at)example",
        "example.com/ada",
        "ada born 01.02.85",
        "passport C01X00T47",
        "key abc123def456",
        "call 030 123 4567",
        "4111 1111 1111 1111",
        "https://example.com/x",
        "www.example.com",
        "<script>alert(1)</script>",
        "' or 1=1 --",
        "union select password(1)",
        "../../etc/passwd",
        "aaaaaaaaa",
        "xkcdqwrtz",
        "a" * 40,
        "one two three four five six seven eight nine",
        "word " * 30,
        "?!",
        "x",
        "12",
    ],
)
def test_what_may_be_about_a_person_or_means_nothing_is_not_kept(client, text):
    assert search(client, text).status_code == 200
    assert noted() == {}


@pytest.mark.parametrize("text", ["mixtral8x22b at int8", "gpt-4.1 vs gpt-4o", "together.ai", "a100 or h100"])
def test_names_of_models_and_makers_are_kept(client, text):
    search(client, text)
    assert list(noted()) == [text]


def test_programs_and_editors_are_left_out_and_nobody_fills_the_list(client):
    for headers in ({"User-Agent": "curl/8"}, {"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Dest": "iframe"}):
        search(client, "zebra stripes", headers=headers)
    sign_in(client, "Editor")
    search(client, "zebra stripes")
    client.logout()
    assert noted() == {}
    for number in range(40):
        search(client, f"zebra {number}")
    assert len(noted()) == 20


def test_the_page_is_the_same_with_no_cookie_and_no_question_more(client, monkeypatch, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as by_a_program:
        unseen = search(client, "zebra stripes", headers={"User-Agent": "curl/8"})
    with django_assert_max_num_queries(len(by_a_program)):
        seen = search(client, "zebra stripes")
    assert unseen.content == seen.content
    assert not seen.cookies
    assert "no-store" not in seen.headers["Cache-Control"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM publishing_miss")
        assert cursor.fetchone() == (0,)


def test_a_database_that_takes_nothing_costs_nobody_her_answer(client, monkeypatch, caplog):
    def refuse(kind, asked):
        raise DatabaseError("attempt to write a readonly database")

    monkeypatch.setattr(Miss.objects, "add", refuse)
    assert search(client, "zebra stripes").status_code == 200
    misses.searches.write()
    assert "could not be noted" in caplog.text


def test_searches_go_when_they_are_old_or_found_or_too_many(monkeypatch):
    monkeypatch.setattr(miss, "MOST_NEW", 3)
    with time_machine.travel(NOON, tick=False) as clock:
        add({f"zebra {number}": 9 - number for number in range(9)})
        assert set(noted()) == {"zebra 0", "zebra 1", "zebra 2"}
        clock.shift(timedelta(days=1))
        add({"zebra 0": 1, "found": 1})
        assert noted() == {"zebra 0": 10, "zebra 1": 8, "zebra 2": 7, "found": 1}
        factories.article(title="Found")
        forget_misses()
        assert set(noted()) == {"zebra 0", "zebra 1", "zebra 2"}
        clock.shift(timedelta(days=90))
        forget_misses()
        assert noted() == {"zebra 0": 10}
        clock.shift(timedelta(seconds=1))
        forget_misses()
        assert noted() == {}


# The list -----------------------------------------------------------------------------------------------------


def titles(page, source):
    parts = html.fromstring(page).xpath(f'//section[@aria-labelledby="gaps-{source}"]')
    return [title.text.strip() for part in parts for title in part.find_class("gaps__title")]


def links(page, words):
    return [
        link.get("href")
        for link in html.fromstring(page).xpath("//a[@href]")
        if words in " ".join(link.text_content().split())
    ]


def test_each_kind_of_gap_is_listed_with_where_to_begin(client):
    sign_in(client, "Editor")
    add({"zebra stripes": 3})
    add_address("/gone/", 2)
    page = client.get(LIST).text
    assert titles(page, "searches") == ["zebra stripes"]
    assert titles(page, "addresses") == ["/gone/"]
    assert "3 readers, last on" in page
    assert links(page, "Add redirect") == ["/admin/publishing/redirect/add/?path=%2Fgone%2F"]
    [article_url] = links(page, "article about zebra stripes")
    [question_url] = links(page, "question about zebra stripes")
    assert parse_qs(urlsplit(article_url).query) == {"title": ["Zebra stripes"]}
    assert ">\nZebra stripes</textarea>" in client.get(article_url).text
    assert ">\nZebra stripes</textarea>" in client.get(question_url).text


def test_a_draft_about_a_model_begins_with_its_title_and_a_link_to_it(client):
    sign_in(client, "Editor")
    checked = {"checked_on": NOON.date()}
    model = factories.publishable(AIModel, "Zebra <1>", released_on="2026-05", **checked)
    linked = factories.publishable(AIModel, "Linked", released_on="2026-06", **checked)
    drafted = factories.publishable(AIModel, "Drafted", released_on="2026-07", **checked)
    factories.publishable(AIModel, "Imported")
    factories.question(answer=f'<p><a href="ref:catalog.aimodel/{linked.pk}">Linked</a></p>')
    factories.article(body=f'<p><a href="ref:catalog.aimodel/{drafted.pk}">x</a></p>', state=State.DRAFT)
    page = client.get(LIST).text
    assert titles(page, "models") == ["Drafted aimodel", "Zebra <1> aimodel"]
    [url] = links(page, "article about Zebra")
    form = html.fromstring(client.get(url).text)
    assert form.xpath('//textarea[@name="title"]')[0].text.strip() == "Zebra <1> aimodel"
    body = form.xpath('//textarea[@name="body"]')[0].text.strip()
    assert body == f'<p><a href="ref:catalog.aimodel/{model.pk}">Zebra &lt;1&gt; aimodel</a></p>'


def test_what_is_no_gap_is_kept_and_taken_back(client):
    editor = sign_in(client, "Editor")
    add({"zebra stripes": 1, "other words": 1})
    add_address("/gone/", 1)
    for gap in ("searches zebra stripes", "addresses /gone/"):
        response = client.post(f"{LIST}dismiss/?source=searches", {"gap": gap})
        assert response.headers["Location"] == f"{LIST}?source=searches"
    page = client.get(LIST).text
    assert (titles(page, "searches"), titles(page, "addresses")) == (["other words"], [])
    assert set(DismissedGap.objects.values_list("key", "dismissed_by")) == {
        ("zebra stripes", editor.pk),
        ("/gone/", editor.pk),
    }
    add({"zebra stripes": 1})
    page = client.get(f"{LIST}?dismissed=yes").text
    assert (titles(page, "searches"), titles(page, "addresses")) == (["zebra stripes"], ["/gone/"])
    for gap in ("searches zebra stripes", "addresses /gone/"):
        client.post(f"{LIST}dismiss/", {"gap": gap, "again": ""})
    page = client.get(f"{LIST}?source=searches").text
    assert titles(page, "searches") == ["zebra stripes", "other words"]
    assert titles(page, "addresses") == []
    for gap in ("", "searches", "none x", f"searches {'x' * 400}", "searches a\x00b"):
        assert client.post(f"{LIST}dismiss/", {"gap": gap}).status_code == 302
    assert client.get(f"{LIST}dismiss/").status_code == 405
    assert not DismissedGap.objects.exists()


def test_long_lists_come_in_pages(client):
    sign_in(client, "Editor")
    add({f"zebra {chr(97 + number % 26)}{chr(97 + number // 26)}": 1 for number in range(60)})
    page = client.get(LIST).text
    assert len(titles(page, "searches")) == 20
    assert "?source=searches" in links(page, "All 60")[0]
    assert len(titles(client.get(f"{LIST}?source=searches").text, "searches")) == 50
    assert len(titles(client.get(f"{LIST}?source=searches&page=2").text, "searches")) == 10
    assert client.get(f"{LIST}?source=none&page=x&dismissed=no").status_code == 200


@pytest.mark.parametrize("role", ["Author", "Catalogue manager", ""])
def test_others_have_no_list(client, role):
    sign_in(client, role)
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}dismiss/", {"gap": "searches x"}).status_code == 403

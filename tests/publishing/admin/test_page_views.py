"""Views in the admin: beside a text, as a column of lists, and on the start page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from publishing.content.page_view import PageView
from tests import factories
from tests.publishing.content.test_permissions import sign_in

pytestmark = pytest.mark.django_db


def add(path, number, host="", term="", days_ago=0):
    PageView.objects.add({(timezone.localdate() - timedelta(days=days_ago), path, host, term): number})


@pytest.fixture
def articles():
    """Two articles; the second one is read more, but the first one was once."""
    quiet, busy = factories.article(slug="quiet", title="Quiet"), factories.article(slug="busy", title="Busy")
    add("/articles/quiet/", 3, "news.example")
    add("/articles/quiet/", 900, days_ago=40)
    add("/articles/busy/", 1_200, "", "tokens")
    add("/articles/busy/", 40, "t.co", days_ago=10)
    add("/search/", 7, "", "context windows")
    add("/search/", 2)
    return quiet, busy


def words(element):
    return " ".join(element.text_content().split())


def test_form_of_a_text_shows_sums_sites_searches_and_a_bar_for_each_day(client, articles):
    sign_in(client, "Editor")
    page = html.fromstring(client.get(f"/admin/articles/article/{articles[1].pk}/change/").content.decode())
    (field,) = page.find_class("field-views")
    for said in ("1,200 in 7 days, 1,240 in 30 days", "From: t.co (40)", "Searched for here: “tokens” (1,200)"):
        assert said in words(field)
    bars = field.findall(".//rect")
    assert len(bars) == 30
    assert bars[-1].get("height") == "48.0"
    assert not field.xpath(".//@style")
    empty = factories.article(slug="new")
    page = html.fromstring(client.get(f"/admin/articles/article/{empty.pk}/change/").content.decode())
    assert words(page.find_class("field-views")[0]) == "Views: 0 in 7 days, 0 in 30 days"


def test_lists_have_views_and_sort_by_them(client, articles):
    sign_in(client, "Editor")
    page = html.fromstring(client.get("/admin/articles/article/").content.decode())
    (column,) = page.find_class("column-last_month")
    assert words(column).startswith("Views, 30 days")
    (link,) = column.find_class("text")[0].findall("a")
    page = html.fromstring(client.get(f"/admin/articles/article/{link.get('href')}").content.decode())
    assert [words(cell) for cell in page.find_class("field-last_month")] == ["1240", "3"]


def test_start_page_shows_what_is_read_and_searched_for_most(client, articles):
    sign_in(client, "Author")
    page = html.fromstring(client.get("/admin/").content.decode())
    modules = {
        words(module.find("h2")): module for module in page.find_class("module") if module.find("h2") is not None
    }
    read, searched = modules["Most read in 7 days"], modules["Most searched in 7 days"]
    assert [words(item) for item in read.findall(".//li")] == ["Busy 1,200 views", "Quiet 3 views"]
    assert read.find(".//a").get("href") == "/articles/busy/"
    assert [words(item) for item in searched.findall(".//li")] == ["context windows 7 searches"]

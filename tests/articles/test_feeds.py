"""Feeds, parsed by a feed reader's own parser, which reports every error."""

import json

import feedparser
import pytest
from django.conf import settings
from lxml import etree, html

from articles.models import Article
from publishing.content.publishable import State
from tests import factories

pytestmark = pytest.mark.django_db
FORMS = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
ODD = "Tokens & <costs> ]]> “ü” 😀 \x01\x0b\x1f\ufffe \x85 end"
KEPT = "Tokens & <costs> ]]> “ü” 😀"


def fetch(client, path: str, form: str):
    """Return the feed as the parser sees it, or the document of a JSON Feed."""
    response = client.get(f"{path}feed.{form}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == FORMS[form]
    assert not response.cookies
    if form == "json":
        return json.loads(response.content)
    etree.fromstring(response.content)
    feed = feedparser.parse(response.content, response_headers={"content-type": FORMS[form]})
    assert feed.bozo == 0, feed.get("bozo_exception")
    return feed


def content_of(entry) -> str:
    return entry["content_html"] if "content_html" in entry else entry["content"][-1]["value"]


def entries_of(feed) -> list:
    return feed["items"] if "items" in feed and "version" in feed and "jsonfeed" in feed["version"] else feed.entries


@pytest.mark.parametrize("form", FORMS)
def test_feed_holds_the_whole_text_with_absolute_addresses(client, form):
    picture, other = factories.image(), factories.article()
    cover = factories.image(file=factories.picture_file("cover.png"))
    body = (
        f'<h2>Part</h2><p>See <a href="ref:articles.article/{other.pk}">the other</a>, <a href="/faq/">here</a> '
        f'and <a href="#part">above</a>, written &lt;a href="#x".</p>'
        f'<figure><img src="ref:publishing.image/{picture.pk}" alt="Red"></figure>'
    )
    author, topic = factories.author(name="The desk"), factories.topic(name="Cost")
    article = factories.article(title="One", body=body, authors=[author], topics=[topic], cover=cover)
    entry = next(entry for entry in entries_of(fetch(client, "/articles/", form)) if entry["title"] == "One")
    tree = html.fragment_fromstring(content_of(entry), create_parent="div")
    url = settings.SITE_URL + article.get_absolute_url()
    assert tree.xpath("//a/@href") == [
        settings.SITE_URL + other.get_absolute_url(),
        f"{settings.SITE_URL}/faq/",
        f"{url}#part",
    ]
    assert tree.xpath("//img/@src") == [settings.SITE_URL + image.file.url for image in (cover, picture)]
    assert 'written <a href="#x".' in tree.text_content()
    assert (entry["url"] if form == "json" else entry["link"]) == url
    assert [author["name"] for author in entry["authors"]] == ["The desk"]
    assert (entry["tags"] if form == "json" else [tag["term"] for tag in entry["tags"]]) == ["Cost"]
    published = entry["date_published"] if form == "json" else entry["published"]
    assert f"{article.first_published_at:%Y-%m-%dT%H:%M:%S}" in published or form == "rss"
    if form == "rss":
        assert published == f"{article.first_published_at:%a, %d %b %Y %H:%M:%S} +0000"


def title_of_item(tree) -> str:
    return tree.xpath("string((//*[local-name()='item' or local-name()='entry']/*[local-name()='title'])[1])")


@pytest.mark.parametrize("form", FORMS)
def test_no_text_breaks_a_feed(client, form):
    author, topic = factories.author(name=ODD), factories.topic(name=ODD)
    article = factories.article(authors=[author], topics=[topic])
    # An update that bypasses the models, like a restored dump.
    Article.objects.filter(pk=article.pk).update(title=ODD, summary=ODD)
    for path in ("/articles/", topic.get_absolute_url(), author.get_absolute_url()):
        (entry,) = entries_of(fetch(client, path, form))
        assert entry
        text = client.get(f"{path}feed.{form}").content
        title = json.loads(text)["items"][0]["title"] if form == "json" else title_of_item(etree.fromstring(text))
        assert title == f"{KEPT}  \x85 end"


@pytest.mark.parametrize("form", FORMS)
def test_name_of_an_item_outlives_its_address(client, form):
    article = factories.article()
    (before,) = entries_of(fetch(client, "/articles/", form))
    article.slug = "moved"
    article.save()
    (after,) = entries_of(fetch(client, "/articles/", form))
    assert before["id"] == after["id"]
    assert before["id"].startswith("tag:")
    assert "moved" in str(after)


@pytest.mark.parametrize("form", FORMS)
def test_feeds_are_of_their_articles_and_only_of_public_ones(client, form):
    topic, author = factories.topic(), factories.author()
    on_topic = factories.article(title="On topic", topics=[topic])
    by_author = factories.article(title="By author", authors=[author])
    factories.article(title="Draft", topics=[topic], authors=[author], state=State.DRAFT)
    factories.article(title="Service", kind="service")
    titles = {
        path: {entry["title"] for entry in entries_of(fetch(client, path, form))}
        for path in ("/articles/", topic.get_absolute_url(), author.get_absolute_url())
    }
    assert list(titles.values()) == [{on_topic.title, by_author.title}, {on_topic.title}, {by_author.title}]
    topic.state = State.DRAFT
    topic.save()
    assert client.get(f"{topic.get_absolute_url()}feed.{form}").status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_empty_feed_is_a_feed_and_the_same_each_time(client, form, time_machine):
    time_machine.move_to("2026-11-24T10:00:00Z")
    first = client.get(f"/articles/feed.{form}")
    assert not entries_of(fetch(client, "/articles/", form))
    time_machine.move_to("2026-12-24T10:00:00Z")
    again = client.get(f"/articles/feed.{form}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_json_feed_is_as_its_version_asks(client):
    factories.article(authors=[factories.author()])
    feed = fetch(client, "/articles/", "json")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{settings.SITE_URL}/articles/feed.json"
    assert feed["home_page_url"] == f"{settings.SITE_URL}/articles/"
    (item,) = feed["items"]
    assert {type(item[name]) for name in ("id", "url", "title", "content_html", "date_published")} == {str}
    assert set(item["authors"][0]) == {"name", "url"}
    assert not [name for name, value in item.items() if value in (None, "", [])]


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feed_names_itself_and_its_page(client, form):
    factories.article()
    links = {(link["rel"], link["href"]) for link in fetch(client, "/articles/", form).feed["links"]}
    assert links == {
        ("self", f"{settings.SITE_URL}/articles/feed.{form}"),
        ("alternate", f"{settings.SITE_URL}/articles/"),
    }


def test_pages_tell_of_their_feeds(client):
    topic, author = factories.topic(), factories.author()
    article = factories.article(topics=[topic], authors=[author])
    pages = {
        "/": "/articles/",
        "/articles/": "/articles/",
        article.get_absolute_url(): "/articles/",
        topic.get_absolute_url(): topic.get_absolute_url(),
        author.get_absolute_url(): author.get_absolute_url(),
    }
    for page, path in pages.items():
        head = html.document_fromstring(client.get(page).content.decode())
        links = {
            link.get("type"): link.get("href").removeprefix(settings.SITE_URL)
            for link in head.xpath("//link[@rel='alternate']")
            if link.get("type") != "text/markdown"
        }
        assert links == {FORMS[form].partition(";")[0]: f"{path}feed.{form}" for form in FORMS}, page

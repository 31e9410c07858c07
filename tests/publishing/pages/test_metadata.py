import json
import re

import pytest
from django.conf import settings
from django.template import Context, Template

from publishing.content.publishable import State
from publishing.pages.json_ld import PageNode
from publishing.pages.metadata import page_metadata, record_metadata
from publishing.richtext.sentences import DESCRIPTION_LIMIT, shorten
from tests import factories


def graph_of(html):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(text)


def nodes_of(html):
    return {node["@type"]: node for node in graph_of(html)["@graph"]}


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", "/articles/"),
        ("?page=1", "/articles/"),
        ("?page=2", "/articles/?page=2"),
        ("?page=0002", "/articles/?page=2"),
        ("?utm_source=x&page=2", "/articles/?page=2"),
        ("?page=²", "/articles/"),
        ("?page=" + "9" * 5000, "/articles/"),
        ('?page="><script>', "/articles/"),
    ],
)
def test_canonical_address_keeps_the_page_and_nothing_else(db, rf, query, canonical):
    listed = PageNode("CollectionPage", items=())
    assert (
        page_metadata(rf.get(f"/articles/{query}"), "T", "D", page=listed)["canonical"] == settings.SITE_URL + canonical
    )


def test_title_names_the_site_once(db, rf):
    assert page_metadata(rf.get("/"), "Articles", "")["title"] == "Articles · Vitrine"
    assert page_metadata(rf.get("/"), "Vitrine", "")["title"].startswith("Vitrine: AI systems")


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 20, "short"),
        ("  two\n\nlines ", 20, "two lines"),
        ("one two three four", 12, "one two…"),
        ("one two, three", 9, "one two…"),
        ("x" * 30, 10, "xxxxxxxxx…"),
        ("", 10, ""),
    ],
)
def test_long_texts_are_cut_at_a_word(text, limit, short):
    assert shorten(text, limit) == short
    assert len(short) <= limit


@pytest.mark.django_db
def test_what_the_editor_wrote_comes_before_the_fall_backs(rf):
    cover, share_image = factories.image(alt="The cover"), factories.image(alt="The other")
    article = factories.article(cover=cover)
    plain = record_metadata(rf.get("/"), article, text="The beginning.", image=cover)
    assert (plain["title"], plain["description"], plain["image_alt"]) == (
        f"{article.title} · Vitrine",
        "The beginning.",
        "The cover",
    )
    assert plain["canonical"] == settings.SITE_URL + article.get_absolute_url()
    article.meta_title, article.meta_description = "Own title", "Own words"
    article.canonical_url, article.share_image = "https://elsewhere.example/first", share_image
    own = record_metadata(rf.get("/"), article, text="The beginning.", image=cover)
    assert (own["title"], own["description"], own["image_alt"]) == ("Own title · Vitrine", "Own words", "The other")
    assert own["canonical"] == "https://elsewhere.example/first"
    assert own["image_url"] == settings.SITE_URL + share_image.file.url


@pytest.mark.django_db
def test_drafts_are_not_for_search_engines(rf, admin_page):
    draft = factories.article(state=State.DRAFT)
    assert not record_metadata(rf.get("/"), draft)["is_indexable"]
    assert record_metadata(rf.get("/"), factories.article())["is_indexable"]
    assert '<meta name="robots" content="noindex">' in admin_page.get(draft.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_breadcrumbs_are_numbered_and_absolute(rf):
    trail = [{"title": "Articles", "url": "/articles/"}, {"title": "One", "url": "/articles/one/"}]
    crumbs = page_metadata(rf.get("/articles/one/"), "One", "", crumbs=trail)["graph"]["@graph"][-1]
    assert [(item["position"], item["item"]) for item in crumbs["itemListElement"]] == [
        (1, f"{settings.SITE_URL}/articles/"),
        (2, f"{settings.SITE_URL}/articles/one/"),
    ]


def test_structured_data_cannot_leave_its_script_element():
    evil = {"name": "</script><script>alert(1)</script><!-- & \u2028 “ü”"}
    html = Template("{% load publishing %}{% json_ld graph %}").render(Context({"graph": evil}))
    assert not set("<>&") & set(html)
    assert json.loads(html) == evil


@pytest.mark.django_db
def test_page_of_an_article_says_of_itself_what_search_engines_and_networks_read(client):
    author, topic, cover = factories.author(), factories.topic(), factories.image()
    article = factories.article(title="Tokens & <costs>", authors=[author], topics=[topic], cover=cover)
    html = client.get(article.get_absolute_url()).content.decode()
    assert "<title>Tokens &amp; &lt;costs&gt; · Vitrine</title>" in html
    assert f'<link rel="canonical" href="{settings.SITE_URL}{article.get_absolute_url()}">' in html
    assert '<meta name="description" content="Topics of the text.">' in html
    assert f'<meta property="og:image" content="{settings.SITE_URL}{cover.file.url}">' in html
    assert "noindex" not in html
    node = nodes_of(html)["Article"]
    assert node["headline"] == "Tokens & <costs>"
    assert node["author"][0]["name"] == author.name
    assert node["keywords"] == [topic.name]
    assert node["datePublished"] == article.first_published_at.isoformat()
    assert [item["name"] for item in nodes_of(html)["BreadcrumbList"]["itemListElement"]] == ["Articles", article.title]


@pytest.mark.django_db
def test_description_falls_back_to_the_beginning_of_the_text(client):
    question = factories.question(answer=f"<h2>Short</h2><p>{'word ' * 100}</p>")
    html = client.get(question.get_absolute_url()).content.decode()
    description = re.search(r'<meta name="description" content="([^"]*)">', html)[1]
    assert description.startswith("Short word word")
    assert len(description) <= DESCRIPTION_LIMIT


@pytest.mark.django_db
def test_question_is_structured_data_on_its_own_page_only(client):
    question = factories.question(answer="<p>Yes &amp; <strong>no</strong>.</p>")
    article = factories.article()
    article.question_links.create(question=question)
    node = nodes_of(client.get(question.get_absolute_url()).content.decode())["FAQPage"]
    assert node["mainEntity"][0]["acceptedAnswer"]["text"] == "Yes & no."
    assert "FAQPage" not in nodes_of(client.get(article.get_absolute_url()).content.decode())


@pytest.mark.parametrize("path", ["/", "/contact/", "/api/"])
def test_page_that_is_no_list_has_one_address_whatever_page_is_asked_for(db, client, settings, path):
    html = client.get(f"{path}?page=2").content.decode()
    assert f'<link rel="canonical" href="{settings.SITE_URL}{path}">' in html
    assert "noindex" not in html
    assert ", page 2" not in html

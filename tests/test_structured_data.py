"""Each page's structured data is complete, and agrees with its other forms."""

import json
import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from lxml import html
from markdown_it import MarkdownIt

from articles.models import Article
from catalog.models import AIModel
from faq.models import Question
from publishing.content.registry import publishable_models
from publishing.site.models import SiteLink, SiteSettings
from tests import factories
from tests.publishing.pages.test_metadata import graph_of

pytestmark = pytest.mark.django_db
REQUIRED = {
    "Organization": {"name", "url"},
    "WebSite": {"name", "url", "publisher"},
    "WebPage": {"name", "url", "isPartOf"},
    "CollectionPage": {"name", "url", "isPartOf", "breadcrumb"},
    "FAQPage": {"name", "url", "isPartOf", "mainEntity", "breadcrumb"},
    "Article": {"headline", "author", "publisher", "datePublished", "dateModified", "wordCount", "mainEntityOfPage"},
    "Service": {"name", "description", "provider"},
    "SoftwareApplication": {"name", "url", "applicationCategory"},
    "BreadcrumbList": {"itemListElement"},
    "ItemList": {"itemListElement", "numberOfItems"},
    "ListItem": {"position", "name"},
    "Question": {"name", "acceptedAnswer"},
    "Answer": {"text"},
    "Thing": {"name", "url"},
}
ADDRESSES = {"url", "item", "logo", "image", "license", "@id"}
READER = MarkdownIt("commonmark").enable("table")


def nodes_in(value):
    """Yield every node at any depth."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes_in(child)


def problems_of(graph) -> list[str]:
    nodes = list(nodes_in(graph["@graph"]))
    known = {node["@id"] for node in nodes if "@id" in node and len(node) > 1}
    found = [f"refers to {node['@id']}" for node in nodes if set(node) == {"@id"} and node["@id"] not in known]
    tops = [node["@id"] for node in graph["@graph"]]
    found += [f"{name} twice" for name in set(tops) if tops.count(name) > 1]
    for node in nodes:
        kind = node.get("@type")
        found += [f"{kind} without {name}" for name in REQUIRED.get(kind, set()) - set(node)]
        found += [f"{kind}.{name} is {value!r}" for name, value in node.items() if value in (None, "", [], {})]
        addresses = [(name, node[name]) for name in ADDRESSES & set(node) if isinstance(node[name], str)]
        found += [f"{kind}.{name} is {value}" for name, value in addresses if not re.match(r"https?://", value)]
    return found


def test_every_page_has_one_whole_graph(client):
    records = factories.world()
    own = {"logo": factories.image(), "email": "a@example.com", "phone": "+44 20", "legal_name": "H"}
    own |= dict.fromkeys(["postal_address", "hosting", "data_protection"], "Ours")
    SiteSettings(name="Halden", confirmed_at=timezone.now(), **own).save()
    SiteLink.objects.create(site_id=1, place="social", label="X", address="https://social.example/halden")
    SiteSettings.objects.store_menus()
    for record in records:
        if isinstance(record, Article):
            record.author_links.create(author=factories.author())
    lists = [page.address for model in publishable_models() for page in model.lists() if page.address]
    pages = ["/", reverse("search"), reverse("api-docs"), *lists, *(record.get_absolute_url() for record in records)]
    kinds = set()
    for path in pages:
        graph = graph_of(client.get(path).content.decode())
        assert not problems_of(graph), path
        kinds |= {node["@type"] for node in nodes_in(graph["@graph"]) if "@type" in node}
        organization = graph["@graph"][0]
        assert organization["sameAs"] == ["https://social.example/halden"]
        assert organization["contactPoint"]["email"] == "a@example.com"
        assert any(node["@type"] == "BreadcrumbList" for node in graph["@graph"]) or path in {
            "/",
            "/api/",
            *(page.get_absolute_url() for page in records if getattr(page, "kind", "") == "page"),
        }, path
    assert set(REQUIRED) <= kinds | {"Thing", "SoftwareApplication"}


def test_the_test_above_sees_what_is_wrong():
    bad = {"@type": "WebPage", "@id": "/x", "name": "", "mainEntity": {"@id": "#nowhere"}, "url": None}
    assert len(problems_of({"@graph": [bad]})) == 6


def test_without_settings_nothing_is_made_up(client):
    organization = graph_of(client.get("/").content.decode())["@graph"][0]
    assert set(organization) == {"@type", "@id", "name", "url", "description"}


def links_in(tree) -> set[str]:
    return {address for address in tree.xpath("//a/@href") if not address.startswith("#")}


def words_in(tree) -> list[str]:
    return re.findall(r"\w+", " ".join(tree.itertext()))


def has_each_text_of(page, body) -> bool:
    """Return whether a page has each piece of a text's words, in whatever order its sections show them."""
    shown = f" {' '.join(words_in(page))} "
    return all(f" {' '.join(re.findall(r'\w+', piece))} " in shown for piece in body.itertext() if piece.strip())


@pytest.mark.parametrize(("model", "field"), [(Article, "body"), (Question, "answer"), (AIModel, "body")])
def test_every_form_of_a_text_agrees(starter_content, client, model, field):
    records = list(model.objects.published().exclude(**{field: ""}).order_by("pk"))
    of_sections = [record for record in records if getattr(record, "sections", [])]
    assert bool(of_sections) is (model is Article)
    # The page of a text with charts has their drawings, too.
    plain = [one for one in records if one not in of_sections and "chart=" not in getattr(one, field)]
    for record in [*plain[:4], *of_sections]:
        page = html.document_fromstring(client.get(record.get_absolute_url()).content.decode())
        page.make_links_absolute(settings.SITE_URL + record.get_absolute_url())
        text = client.get(record.markdown_url).content.decode()
        front, _, markdown = text.removeprefix("---\n").partition("\n---\n")
        facts = {line.partition(": ")[0]: json.loads(line.partition(": ")[2]) for line in front.splitlines()}
        read = html.fromstring(f"<div>{READER.render(markdown)}</div>")
        name = {Article: "articles", Question: "questions", AIModel: "models"}[model]
        document = client.get(f"/api/v1/{name}/{record.slug}/").json()
        body = html.fromstring(f"<div>{document.get('data', document)[field + '_html']}</div>")
        if record in of_sections:
            assert has_each_text_of(page.xpath("//main")[0], body), record
        else:
            assert words_in(body) == words_in(page.xpath("//div[@class='prose']")[0]), record
        assert " ".join(words_in(body)) in " ".join(words_in(read)), record
        assert links_in(body) <= links_in(read), record
        assert facts["url"] == page.xpath("string(//link[@rel='canonical']/@href)") == document["url"]
        assert facts.get("updated") == (record.last_changed_at.isoformat() if record.is_dated else None)
        main = graph_of(html.tostring(page, encoding="unicode"))["@graph"][2]
        assert main.get("dateModified") == facts.get("updated")
        assert main["url"] == facts["url"]
        assert html.tostring(page, encoding="unicode").count('type="text/markdown"') == 1


def test_feed_agrees_with_the_api(starter_content, client):
    for item in client.get("/articles/feed.json").json()["items"][:5]:
        document = client.get(f"/api/v1/articles/{item['url'].rstrip('/').rpartition('/')[2]}/").json()
        # In a feed, links within the text include the address of its page.
        assert item["content_html"].replace(f'href="{item["url"]}#', 'href="#') == document["body_html"]
        assert item["summary"] == document["summary"]
        assert [author["name"] for author in item["authors"]] == [author["name"] for author in document["authors"]]
        assert item["tags"] == [topic["name"] for topic in document["topics"]]
        assert item["date_published"][:19] == document["published_at"][:19]


def test_facts_of_a_model_are_those_of_its_page(starter_content, client):
    for model in AIModel.objects.listed().order_by("pk")[:5]:
        page = html.document_fromstring(client.get(model.get_absolute_url()).content.decode())
        read = html.fromstring(READER.render(client.get(model.markdown_url).content.decode().split("---\n", 2)[2]))
        (table, *_) = read.xpath("//table")
        for sources in page.find_class("cited"):
            sources.drop_tree()
        shown = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("dt|dd")]
            for row in page.xpath("//section[@aria-labelledby='facts']//dl/div")
        ]
        written = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("td")[:2]] for row in table.xpath("tbody/tr")
        ]
        assert sorted(written) == sorted(shown)  # the page folds unknown facts below the others
        sources = page.xpath("//ol[@class='part__body sources']//a/@href")
        assert set(sources) <= set(read.xpath("//a/@href"))


def test_markdown_is_not_for_search_engines_and_names_its_page(client):
    for record in (factories.article(), factories.article(kind="page"), factories.question()):
        response = client.get(record.markdown_url)
        assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
        assert response.headers["X-Robots-Tag"] == "noindex"
        url = settings.SITE_URL + record.get_absolute_url()
        assert response.headers["Link"] == f'<{url}>; rel="canonical"'
        page = client.get(record.get_absolute_url()).content.decode()
        assert f'<link rel="alternate" type="text/markdown" href="{settings.SITE_URL}{record.markdown_url}">' in page


def test_what_appeared_elsewhere_first_names_that_address(client):
    article = factories.article(canonical_url="https://elsewhere.example/first")
    response = client.get(article.markdown_url)
    assert response.headers["Link"] == '<https://elsewhere.example/first>; rel="canonical"'
    assert not problems_of(graph_of(client.get(article.get_absolute_url()).content.decode()))


def test_open_graph_tells_dates_and_topics_of_a_text(client):
    article = factories.article(topics=[factories.topic(name="Cost")])
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'<meta property="article:published_time" content="{article.first_published_at.isoformat()}">' in page
    assert f'<meta property="article:modified_time" content="{article.last_changed_at.isoformat()}">' in page
    assert '<meta property="article:tag" content="Cost">' in page
    assert '<meta property="og:locale" content="en_GB">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    assert "article:published_time" not in client.get("/articles/").content.decode()

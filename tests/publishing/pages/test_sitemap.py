from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from publishing.content.publishable import State
from publishing.pages import sitemap
from tests import factories

pytestmark = pytest.mark.django_db
NAMES = {"s": sitemap.NAMESPACE}


def tree_at(client, address="/sitemap.xml"):
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    return etree.fromstring(response.content)


def files_of(client) -> list[str]:
    index = tree_at(client)
    assert index.tag == f"{{{sitemap.NAMESPACE}}}sitemapindex"
    return [loc.removeprefix(settings.SITE_URL) for loc in index.xpath("//s:loc/text()", namespaces=NAMES)]


def all_entries(client) -> dict[str, str]:
    return {path: day for file in files_of(client) for path, day in entries_of(tree_at(client, file)).items()}


def entries_of(tree) -> dict[str, str]:
    """Return the dates of a sitemap by path, "" if there is none."""
    return {
        url.findtext("s:loc", namespaces=NAMES).removeprefix(settings.SITE_URL): url.findtext(
            "s:lastmod", "", namespaces=NAMES
        )
        for url in tree.iterfind("s:url", NAMES)
    }


def test_pages_after_the_first_are_followed_and_not_shown(client):
    for _ in range(21):
        factories.article()
    assert "noindex" not in client.get("/articles/").content.decode()
    page = client.get("/articles/?page=2").content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="{settings.SITE_URL}/articles/?page=2">' in page
    assert not [path for path in all_entries(client) if "?" in path]


def test_the_index_leads_to_no_missing_file_while_readers_see_no_record_of_a_kind(client):
    later = timezone.now() + timedelta(days=1)
    hidden = [factories.article(publish_at=later), factories.question(publish_at=later)]
    assert not all_entries(client).keys() & {record.get_absolute_url() for record in hidden}


def test_what_is_hidden_or_appeared_elsewhere_first_is_left_out(client):
    shown = factories.article()
    hidden = [
        factories.article(state=State.DRAFT),
        factories.article(publish_at=timezone.now() + timedelta(days=1)),
        factories.article(expire_at=timezone.now() - timedelta(days=1)),
        factories.article(canonical_url="https://elsewhere.example/first"),
    ]
    paths = all_entries(client)
    assert shown.get_absolute_url() in paths
    assert not {record.get_absolute_url() for record in hidden} & set(paths)


def test_dates_are_those_of_the_newest_that_a_page_shows(client):
    topic, author = factories.topic(), factories.author()
    old, new = (factories.article(topics=[topic], authors=[author]) for _ in range(2))
    draft = factories.article(state=State.DRAFT, topics=[topic])
    for record, year in ((topic, 2021), (author, 2027), (old, 2022), (new, 2024), (draft, 2025)):
        type(record).objects.filter(pk=record.pk).update(last_changed_at=datetime(year, 3, 4, tzinfo=UTC))
    dates = all_entries(client)
    assert dates[old.get_absolute_url()] == "2022-03-04T00:00:00+00:00"
    assert dates[topic.get_absolute_url()] == dates["/articles/"] == "2024-03-04T00:00:00+00:00"
    assert dates[author.get_absolute_url()] == "2027-03-04T00:00:00+00:00"
    assert dates["/"] == dates["/services/"] == ""


def test_what_is_too_much_for_one_file_is_split(client, monkeypatch):
    monkeypatch.setattr(sitemap, "LIMIT", 4)
    articles = {factories.article().get_absolute_url() for _ in range(6)}
    author = factories.author()
    pages, *parts = [entries_of(tree_at(client, file)) for file in files_of(client)]
    assert all(0 < len(part) <= 4 for part in parts)
    parts.append(pages)
    paths = [path for part in parts for path in part]
    assert len(paths) == len(set(paths))
    assert articles | {author.get_absolute_url(), "/", "/faq/"} <= set(paths)
    assert client.get("/sitemap.xml?kind=articles.article&part=3").status_code == 404
    assert client.get("/sitemap.xml?kind=nothing").status_code == 404
    assert client.get("/sitemap.xml?kind=articles.article&part=x").status_code == 400


def test_costs_few_queries_and_is_confirmed_by_its_etag(client):
    factories.article(cover=factories.image())
    for address in ("/sitemap.xml", "/sitemap.xml?kind=articles.article"):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert len(queries) <= 3
        assert client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
        assert not response.cookies


def test_robots_are_told_of_the_sitemap_and_kept_from_results_and_documents(client, settings):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines
    assert {"User-agent: *", "Disallow: /search/?", "Disallow: /preview/", "Disallow: /admin/"} <= set(lines)
    settings.ADMIN_PATH = "a-secret-place/"
    text = client.get("/robots.txt").content.decode()
    assert "secret" not in text
    assert "admin" not in text


def test_robots_may_read_the_api_and_the_files_for_programs(client, settings):
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").content.decode().splitlines())
    for path in ("/api/", "/api.md", "/api/v1/", "/api/v1/models/?limit=1", "/partners/partners.md", "/llms.txt"):
        assert rules.can_fetch("AgentBot", f"{settings.SITE_URL}{path}"), path
    # Search engines should show the pages instead.
    assert client.get("/api/v1/models/").headers["X-Robots-Tag"] == "noindex"


def test_llms_txt_leads_to_the_texts_as_markdown(client):
    service = factories.article(kind="service", title="We *build*", summary="[No link]")
    factories.question(question="What is it?")
    draft = factories.article(title="Not yet", state=State.DRAFT)
    response = client.get("/llms.txt")
    text = response.content.decode()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.startswith("# Vitrine\n\n> AI systems")
    url = f"{settings.SITE_URL}{service.markdown_url}"
    assert f"## Services\n\n- [We \\*build\\*]({url}): \\[No link\\]\n" in text
    assert "## Questions and answers\n\n- [What is it?](" in text
    assert draft.title not in text
    assert f"({settings.SITE_URL}/api.md)" in text
    for address in (part.partition(")")[0] for part in text.split("](")[1:]):
        assert client.get(urlsplit(address).path).status_code == 200, address


def test_llms_txt_is_bounded(client, monkeypatch):
    monkeypatch.setattr(sitemap, "TEXTS_LIMIT", 2)
    for _ in range(4):
        factories.article()
    section = client.get("/llms.txt").content.decode().partition("## Articles")[2].partition("##")[0]
    assert section.count(".md)") == 2
    assert f"[All: Articles]({settings.SITE_URL}/articles/): There are more than these 2." in section

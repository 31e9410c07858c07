from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from lxml import etree, html

from publishing.api.changelog import items

pytestmark = pytest.mark.django_db
WRITTEN = Path(settings.BASE_DIR, "publishing/api/changelog.md").read_text("utf-8")
TITLES = [line.removeprefix("### ") for line in WRITTEN.splitlines() if line.startswith("### ")]


def test_docs_have_every_change(client):
    page = client.get("/api/").content.decode()
    assert len(TITLES) > 3
    for title in TITLES:
        assert f">{title}</h3>" in page
    assert client.get("/api/v1/").json()["changelog"] == f"{settings.SITE_URL}/api/#changes"


def test_feeds_have_every_change_and_lead_to_its_heading(client):
    anchors = html.document_fromstring(client.get("/api/").text).xpath("//h3/@id")
    document = client.get("/api/changelog/feed.json").json()
    assert [item["title"] for item in document["items"]] == TITLES
    assert document["home_page_url"] == f"{settings.SITE_URL}/api/#changes"
    for item in document["items"]:
        address = urlsplit(item["url"])
        assert address.path == "/api/"
        assert address.fragment in anchors
        assert item["content_html"].startswith("<p>")
        assert "###" not in item["content_html"]
    assert len({item["id"] for item in document["items"]}) == len(TITLES)
    for form, path in (("rss", ".//item/title"), ("atom", "{*}entry/{*}title")):
        response = client.get(f"/api/changelog/feed.{form}")
        tree = etree.fromstring(response.content)
        assert [element.text for element in tree.findall(path)] == TITLES
        assert client.get(f"/api/changelog/feed.{form}", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_page_names_its_feeds_and_its_markdown(client):
    page = html.document_fromstring(client.get("/api/").text)
    alternates = {link.get("type"): link.get("href") for link in page.xpath("//link[@rel='alternate']")}
    base = f"{settings.SITE_URL}/api"
    assert alternates == {
        "text/markdown": f"{base}.md",
        "application/rss+xml": f"{base}/changelog/feed.rss",
        "application/atom+xml": f"{base}/changelog/feed.atom",
        "application/feed+json": f"{base}/changelog/feed.json",
    }
    assert {f"{base}/changelog/feed.{form}" for form in ("rss", "atom", "json")} <= {*page.xpath("//main//a/@href")}


def test_changes_have_days_and_the_newest_is_first():
    days = [item.published_at for item in items()]
    assert days == sorted(days, reverse=True)
    assert days[-1] == datetime(2026, 11, 23, tzinfo=UTC)

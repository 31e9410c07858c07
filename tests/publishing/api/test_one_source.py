"""The page, its Markdown, the OpenAPI document and the guide say the same."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone
from lxml import html

from catalog.models import AIModel
from publishing.api.changelog import MARKDOWN
from publishing.api.document import METHODS, MOVED, PROMISE
from publishing.content.publishable import State
from tests import factories

pytestmark = pytest.mark.django_db


def words_of(text: str) -> str:
    return " ".join(text.replace("`", "").split())


@pytest.fixture
def page(client):
    return words_of(html.document_fromstring(client.get("/api/").text).text_content())


@pytest.fixture
def markdown(client):
    response = client.get("/api.md")
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    return response.text


def test_methods_and_the_promise_are_the_same_everywhere(page, markdown, client):
    described = words_of(client.get("/api/v1/openapi.json").json()["info"]["description"])
    for sentence in (METHODS, PROMISE):
        for text in (page, words_of(markdown), described):
            assert words_of(sentence) in text
    assert words_of(MOVED) in page
    (day,) = re.findall(r"\d+ \w+ 20\d\d", PROMISE)
    assert f"This holds since {day}" in client.get("/partners/partners.md").text
    assert re.search(rf"\n{day}\n", MARKDOWN)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("get", "/api/v1/", 200), ("head", "/api/v1/", 200), ("options", "/api/v1/", 204), ("post", "/api/v1/", 405)),
        *(("put", "/api/v1/check/", 405), ("options", "/api/v1/check/", 204)),
    ],
)
def test_methods_are_those_that_are_said(method, path, status, client):
    response = getattr(client, method)(path)
    assert response.status_code == status
    assert status != 405 or set(response.headers["Allow"].split(", ")) <= {"GET", "HEAD", "POST"}


def test_records_that_left_answer_as_the_page_says(client):
    archived, draft = (factories.publishable(AIModel, name) for name in ("Archived", "Draft"))
    deleted = factories.publishable(AIModel, "Deleted")
    AIModel.objects.filter(pk=archived.pk).update(state=State.ARCHIVED)
    AIModel.objects.filter(pk=draft.pk).update(state=State.DRAFT)
    AIModel.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    for model, status in ((archived, 410), (draft, 404), (deleted, 404)):
        assert client.get(f"/api/v1/models/{model.slug}/").status_code == status


def test_the_page_has_the_rules_for_the_status_of_the_guide(page, client):
    guide = client.get("/partners/partners.md").text
    section = guide.partition("\n## Status on a day\n")[2].partition("\n## ")[0]
    rules = re.findall(r"^\d\. (.*?)(?=^\d\. |\Z)", section, re.MULTILINE | re.DOTALL)
    assert len(rules) == 8
    for rule in rules:
        assert words_of(rule.replace("**", "")) in page


def test_examples_have_the_address_of_this_site_only(page, client):
    document = client.get("/api/v1/openapi.json").text
    for text in (page, document):
        assert "example.com" not in text
        assert f"{settings.SITE_URL}/api/v1/changes/" in text


def test_a_quota_that_does_not_apply_is_not_shown(client, settings):
    settings.API_QUOTA_ADDRESS, settings.API_QUOTA_KEY, settings.API_QUOTA_SECONDS = 0, 77, 60
    page = client.get("/api/").text
    assert "q=0;" not in page
    assert "RateLimit-Policy: &quot;key&quot;;q=77;w=60" in page
    settings.API_QUOTA_ADDRESS = 55
    assert "RateLimit-Policy: &quot;address&quot;;q=55;w=60" in client.get("/api/").text


def test_markdown_has_every_endpoint_parameter_and_problem_in_a_third_of_the_size(markdown, client):
    document = client.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert f"`{method.upper()} {path}`" in markdown
            for parameter in operation["parameters"]:
                assert "$ref" in parameter or f"- `{parameter['name']}` (" in markdown
    assert "problem-cursor-expired" not in markdown  # anchors are of the page
    assert "`cursor-expired`" in markdown
    assert markdown.count("\n# ") == 0
    assert markdown.startswith("# API\n\n")
    assert len(markdown) < len(client.get("/api/").text) / 3


def test_links_of_the_markdown_are_whole_and_lead_to_pages(markdown, client):
    addresses = set(re.findall(r"\]\(<?([^)>]+)>?\)", markdown))
    assert len(addresses) > 8
    for address in addresses - {settings.DATA_LICENCE["url"]}:
        assert address.startswith(f"{settings.SITE_URL}/"), address
        target = urlsplit(address)
        assert client.get(f"{target.path}?{target.query}").status_code == 200, address


def test_llms_txt_leads_to_the_api_the_guide_and_the_check(client):
    text = client.get("/llms.txt").text
    for path in ("/api.md", "/partners/partners.md", "/catalog/check/"):
        assert f"({settings.SITE_URL}{path})" in text
    assert "/api/v1/check/" in text

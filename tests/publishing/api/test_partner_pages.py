"""What the documentation of the API gives partners is correct."""

import re
import shlex
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from lxml import html

from catalog.models import AIModel
from publishing.api.partner_files import EXAMPLE_SITE, partner_files
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return html.document_fromstring(client.get("/api/").content.decode())


def test_first_request_that_it_shows_works(page, client):
    for number in range(3):
        factories.publishable(AIModel, f"Model {number}")
    address = shlex.split(page.xpath("//pre/code")[0].text_content())[-1]
    assert address.startswith(f"{settings.SITE_URL}/api/v1/models/")
    answer = client.get(urlsplit(address)._replace(scheme="", netloc="").geturl())
    assert len(answer.json()["items"]) == 1
    assert answer.json()["next"]


def test_licence_is_the_same_on_the_page_and_in_the_api(page, client):
    licence = settings.DATA_LICENCE
    (link,) = page.xpath("//a[contains(@rel, 'license')]")
    assert {"name": link.text, "url": link.get("href")} == licence
    assert client.get("/api/v1/").json()["licence"] == licence
    info = client.get("/api/v1/openapi.json").json()["info"]
    assert "license" not in info  # no single licence covers all responses of the API
    assert info["termsOfService"] == f"{settings.SITE_URL}/api/#licence"
    assert page.get_element_by_id("licence") is not None


def test_it_leads_to_the_form_for_a_key(page):
    assert "/contact/?kind=api_key&from=/api/" in page.xpath("//aside//a/@href")


def test_guide_client_vectors_and_recordings_are_served_and_linked(page, client):
    linked = {*page.xpath("//main//a/@href")}
    assert {"/partners/partners.md", "/partners/mirror.py"} <= linked
    for name, path in partner_files().items():
        response = client.get(f"/partners/{name}")
        assert response.status_code == 200, name
        text = response.content.decode()
        assert text.replace(settings.SITE_URL, EXAMPLE_SITE) == path.read_text()
        assert (name.startswith("fixtures/") and name != "fixtures/README.md") or f"/partners/{name}" in linked
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text) if name.endswith(".md") else ():
            assert client.get(urljoin(f"/partners/{name}", target)).status_code == 200, target
    guide = client.get("/partners/partners.md")
    assert f"SITE={settings.SITE_URL}\n" in guide.content.decode()
    assert client.get("/partners/partners.md", headers={"If-None-Match": guide.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "name", ["operations.md", "../README.md", "fixtures/", "fixtures/none.json", "%2e%2e/README.md"]
)
def test_other_files_are_not_served(name, client):
    assert client.get(f"/partners/{name}").status_code == 404


def test_notices_of_the_sources_are_complete(client):
    notices = client.get("/partners/notices.txt").content.decode()
    assert "Copyright (c) 2025 models.dev" in notices
    assert "Copyright (c) 2023 Berri AI" in notices
    assert "Permission is hereby granted, free of charge" in notices
    assert "WITHOUT WARRANTY OF ANY KIND" in notices


@pytest.mark.parametrize(("former", "section"), [("/partners/", "copy"), ("/api/changelog/", "changes")])
def test_former_addresses_lead_to_the_section_of_the_page(client, former, section):
    response = client.get(former)
    assert (response.status_code, response.headers["Location"]) == (301, f"/api/#{section}")
    assert f'id="{section}"' in client.get("/api/").text

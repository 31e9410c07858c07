"""The page for partners says what is so."""

import shlex
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from lxml import html

from catalog.models import AIModel
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return html.document_fromstring(client.get("/partners/").content.decode())


def test_first_request_that_it_shows_works(page, client):
    for number in range(3):
        factories.publishable(AIModel, f"Model {number}")
    commands = [shlex.split(code.text_content()) for code in page.xpath("//pre/code")]
    assert len(commands) == 2
    for command in commands:
        address = command[-1]
        assert address.startswith(f"{settings.SITE_URL}/api/v1/models/")
        answer = client.get(urlsplit(address)._replace(scheme="", netloc="").geturl())
        assert len(answer.json()["items"]) == 2
        assert answer.json()["next"]
        again = client.get(urlsplit(address)._replace(scheme="", netloc="").geturl(), HTTP_IF_NONE_MATCH=answer["ETag"])
        assert again.status_code == 304


def test_licence_is_the_same_on_the_page_in_the_api_and_in_its_description(page, client):
    licence = settings.DATA_LICENCE
    (link,) = page.xpath("//a[contains(@rel, 'license')]")
    assert {"name": link.text, "url": link.get("href")} == licence
    assert client.get("/api/v1/").json()["licence"] == licence
    assert client.get("/api/v1/openapi.json").json()["info"]["license"] == licence


def test_it_leads_to_the_form_for_a_key_and_is_found_from_the_documentation(page, client):
    assert "/contact/?kind=api_key&from=/partners/" in page.xpath("//aside//a/@href")
    docs = html.document_fromstring(client.get("/api/").content.decode())
    assert "/partners/" in docs.xpath("//main//a/@href")
    assert "/contact/?kind=api_key&from=/api/" in docs.xpath("//aside//a/@href")

"""The API's documentation for people is correct."""

import shlex
from urllib.parse import urlsplit

import pytest
from lxml import html

from publishing.api.pages import PROBLEMS
from publishing.templatetags.publishing import code_words
from tests.catalog import factories
from tests.publishing.api.partners import sent

pytestmark = pytest.mark.django_db


def page_of(client):
    return html.document_fromstring(client.get("/api/").content.decode())


def test_every_endpoint_is_there_with_its_parameters_and_an_example(client):
    page, document = page_of(client), client.get("/api/v1/openapi.json").json()
    words = page.text_content()
    for path, operations in document["paths"].items():
        assert page.xpath(f"//code[contains(., '{path}')]"), path
        for parameter in next(iter(operations.values()))["parameters"]:
            assert parameter.get("description", "").replace("`", "") in words
    assert len(page.xpath("//details//pre")) == sum(map(len, document["paths"].values()))


def test_requests_that_it_shows_work(client):
    factories.model(name="Big")
    commands = [
        shlex.split(code.text_content()) for code in page_of(client).xpath("//pre/code[starts-with(., 'curl')]")
    ]
    assert len(commands) == 2
    for command in commands:
        address = urlsplit(command[-1])._replace(scheme="", netloc="").geturl()
        assert client.get(address).status_code == 200


def test_every_named_problem_has_a_section_to_which_problems_lead(client):
    anchors = page_of(client).xpath("//@id")
    for problem in PROBLEMS:
        assert f"problem-{problem['name']}" in anchors
    for response in (client.get("/api/v1/models/?x=1"), client.get("/api/v1/", headers=sent("bad"))):
        assert urlsplit(response.json()["type"]).fragment in anchors


def test_contents_lead_to_what_is_there_and_no_anchor_is_twice(client):
    page = page_of(client)
    anchors = page.xpath("//@id")
    assert len(anchors) == len(set(anchors))
    targets = page.xpath("//nav[@class='contents']//a/@href")
    assert len(targets) > 10
    assert {target.removeprefix("#") for target in targets} <= set(anchors)


def test_quotas_are_those_that_hold(client, settings):
    settings.API_QUOTA_ADDRESS, settings.API_QUOTA_KEY, settings.API_QUOTA_SECONDS = 123, 4567, 89
    words = page_of(client).text_content()
    for number in ("123", "4567", "89"):
        assert number in words
    settings.API_QUOTA_ADDRESS = settings.API_QUOTA_KEY = 0
    assert "This site has no quota" in page_of(client).text_content()


def test_words_between_backticks_are_code_and_nothing_else_is_markup():
    assert code_words("a `b<i>` & c") == "a <code>b&lt;i&gt;</code> &amp; c"

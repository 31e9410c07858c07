import importlib
import re

import pytest
from django.urls import clear_url_caches

import config.urls
from publishing.rendering.texts import Texts
from publishing.styleguide import ANSWER, SCHEMES, component_names, samples

pytestmark = pytest.mark.django_db


def read_urls_again():
    importlib.reload(config.urls)
    clear_url_caches()


@pytest.fixture
def debugging(settings):
    settings.DEBUG = True
    read_urls_again()
    yield
    settings.DEBUG = False
    read_urls_again()


def test_readers_find_no_style_guide(client):
    assert client.get("/styleguide/").status_code == 404


def test_every_component_is_shown_in_both_schemes(client, debugging):
    response = client.get("/styleguide/")
    assert response.status_code == 200
    html = response.content.decode()
    assert "No sample yet" not in html
    parts = dict(
        re.findall(r'data-component="([^"]*)">(.*?)</section>\s*(?=<section class="specimen|</main>)', html, re.DOTALL)
    )
    assert sorted(parts) == component_names()
    for name, part in parts.items():
        assert [len(re.findall(f"specimen__scheme--{scheme}", part)) for scheme in SCHEMES] == [1, 1], name
        ways = re.split(r'<div class="specimen__way">', part)[1:]
        assert len(ways) >= len(SCHEMES), name
        assert all(re.sub(r"<[^>]*>", "", way).strip() or "<svg" in way or "<img" in way for way in ways), name


def test_no_sample_is_left_of_a_component_that_is_gone():
    assert sorted(samples(Texts("", ANSWER), "", "light")) == component_names()


def test_style_guide_has_each_anchor_once_and_nothing_inline(client, debugging):
    html = client.get("/styleguide/").content.decode()
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert " style=" not in html
    assert "&lt;meta property" in html

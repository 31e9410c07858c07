"""The front page: the company's services, evidence for them, and the contact link."""

import pytest
from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from articles.models import ArticleKind
from articles.starter import first_front_page
from publishing.content.publishable import State
from tests import factories
from tests.catalog import factories as catalog

pytestmark = pytest.mark.django_db


def page(client):
    return client.get("/").content.decode().partition("<main")[2].partition("</main>")[0]


def test_a_site_without_the_page_shows_the_first_one(client):
    html = page(client)
    assert first_front_page().sections[0]["title"] in html
    assert 'action="/catalog/check/"' in html
    assert "The next five retirements" not in html
    assert "What we do" not in html
    assert client.get("/home.md").status_code == 404


def test_it_shows_services_examples_and_articles(client):
    for number in range(3):
        factories.article(kind=ArticleKind.CASE_STUDY, title=f"Study {number}.")
    factories.article(kind=ArticleKind.SERVICE, title="First service.")
    factories.article(kind=ArticleKind.SERVICE, title="Second service.")
    factories.article(title="An article.")
    html = page(client)
    assert html.index("First service.") < html.index("Second service.")
    assert [number for number in range(3) if f"Study {number}." in html] == [1, 2]
    assert "An article." in html


def test_it_shows_the_next_retirements(client):
    catalog.event(model=catalog.model(name="Going model"), kind="retired", date="2999-01-15")
    ends = {"type": "catalogue", "title": "Next", "show": "retirements"}
    factories.article(kind=ArticleKind.PAGE, slug="home", title="Start", sections=[ends])
    assert "15 January 2999" in page(client)


def test_it_shows_what_the_check_of_its_example_finds(client):
    assert "Result for this example" not in page(client)
    ending = catalog.model(name="GPT-5", slug="gpt-5")
    catalog.event(model=ending, kind="retired", date="2999-01-15", replaced_by=catalog.model(name="Next one"))
    catalog.event(model=catalog.model(slug="claude-sonnet-4-5", state=State.DRAFT), kind="retired", date="2999-01-16")
    folded, _, html = page(client).partition("Result for this example")
    assert 'Example: <span class="unbroken">GPT-5</span> ends 15 Jan 2999</summary>' in folded
    html = html.partition("</table>")[0]
    for words in (
        '<a href="/catalog/models/gpt-5/"><span class="unbroken">GPT-5</span></a>',
        "15 Jan 2999",
        "Next one",
    ):
        assert words in html, words
    assert "16 Jan 2999" not in html


def test_it_shows_current_models(client):
    for number in range(8):
        model = catalog.model(name=f"Current {number}", released_on=f"2026-0{number + 1}", context_tokens=8_000)
        catalog.event(model=model, date=model.released_on)
        offering = catalog.at_reference(catalog.offering(model=model))
        for meter in ("input", "output"):
            catalog.price(offering=offering, meter=meter, amount=2)
    models = {"type": "catalogue", "title": "Current models", "show": "current_models"}
    factories.article(kind=ArticleKind.PAGE, slug="home", title="Start", sections=[models])
    html = page(client)
    assert [number for number in range(8) if f"Current {number}</a>" in html] == [2, 3, 4, 5, 6, 7]


def test_the_page_named_home_is_the_front_page(client):
    hero = {"type": "hero", "title": "We build it."}
    home = factories.article(kind=ArticleKind.PAGE, slug="home", title="Start", sections=[hero])
    assert home.get_absolute_url() == "/"
    assert '<h1 class="hero__title" id="section_1">We build it.</h1>' in page(client)
    response = client.get("/home/")
    assert (response.status_code, response.headers["Location"]) == (301, "/")
    assert "We build it." in client.get("/home.md").text
    sitemaps = client.get("/sitemap.xml?kind=articles.article").text + client.get("/sitemap.xml?kind=pages").text
    assert sitemaps.count(f"<loc>{settings.SITE_URL}/</loc>") == 1
    assert ">Start</a>" not in client.get("/faq/").text  # it is not in the footer
    home.state = State.DRAFT
    home.save()
    assert "We build it." not in page(client)


def test_it_costs_fifteen_queries_at_most(client):
    factories.world()
    first_front_page().save()
    client.get("/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    assert len(captured) <= 15


def test_large_counts_have_thousands_separators():
    html = render_to_string("catalog/_counts.html", {"counts": {"models": 14633, "facts": 201234}})
    assert "14,633" in html
    assert "201,234" in html

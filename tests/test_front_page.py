"""The front page: the company's services, evidence for them, and the contact link."""

from decimal import Decimal

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from articles.models import ArticleKind
from publishing.site.menus import is_fixed
from publishing.site.models import SiteSettings
from tests import factories
from tests.catalog import factories as catalog

pytestmark = pytest.mark.django_db


def page(client):
    return client.get("/").content.decode().partition("<main")[2].partition("</main>")[0]


def test_empty_site_has_a_whole_front_page(client):
    html = page(client)
    assert SiteSettings().shown_front_title in html
    assert "Nothing has been published yet." in html
    assert "No changes yet." in html
    assert 'class="proof"' not in html
    assert "What we do" not in html


def test_it_shows_services_examples_articles_changes_numbers_and_questions(client):
    for number in range(3):
        factories.article(kind=ArticleKind.CASE_STUDY, title=f"Study {number}.")
    factories.article(kind=ArticleKind.SERVICE, title="First service.")
    factories.article(kind=ArticleKind.SERVICE, title="Second service.")
    factories.article(title="An article.")
    factories.question(question="Why?")
    model = catalog.model(name="Gone model", checked_on="2026-11-20")
    catalog.event(model=model, kind="retired", date="2026-01-15")
    catalog.event(model=catalog.model(name="Going model"), kind="retired", date="2999-01-15")
    offering = catalog.offering(model=model, provider=catalog.provider(name="Some provider"))
    catalog.price(offering=offering, amount=Decimal("5"), valid_from="2025")
    catalog.evidence(price=catalog.price(offering=offering, amount=Decimal("2"), valid_from="2026-02-01"))
    html = page(client)
    assert html.index("First service.") < html.index("Second service.")
    assert [number for number in range(3) if f"Study {number}." in html] == [1, 2]
    for words in ("An article.", "Why?", "15 January 2026", "15 January 2999", "New price", "at Some provider"):
        assert words in html, words
    assert '<dd class="proof__value">2</dd>' in html
    assert '<time datetime="2026-11-20">20 November 2026</time>' in html


def test_it_shows_current_models_and_leads_to_as_many_as_it_counts(client):
    for number in range(8):
        model = catalog.model(name=f"Current {number}", released_on=f"2026-0{number + 1}", context_tokens=8_000)
        catalog.event(model=model, date=model.released_on)
        offering = catalog.at_reference(catalog.offering(model=model))
        for meter in ("input", "output"):
            catalog.price(offering=offering, meter=meter, amount=2)
    catalog.model(name="Without a price")
    html = page(client).partition('aria-labelledby="models"')[2].partition("</section>")[0]
    assert [number for number in range(8) if f"Current {number}</a>" in html] == [2, 3, 4, 5, 6, 7]
    assert '<a class="more" href="/catalog/">All 9 models</a>' in html
    assert "<strong>9\n" in client.get("/catalog/").text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({}, "Contact us"), ({"email": "a@example.org"}, "Contact us"), ({"call_label": "Ask us"}, "Ask us")],
)
def test_it_says_how_to_write_as_far_as_that_is_known(client, fields, expected):
    SiteSettings(**fields).save()
    address = "/contact/" if is_fixed("/contact/") else f"mailto:{fields['email']}" if fields.get("email") else None
    if address:
        assert f'href="{address}">{expected}</a>' in page(client)
    else:
        assert expected not in page(client)


def test_it_costs_twelve_queries_at_most(client):
    factories.world()
    client.get("/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    assert len(captured) <= 12


def test_large_counts_have_thousands_separators():
    html = render_to_string("catalog/_counts.html", {"counts": {"models": 14633, "facts": 201234}})
    assert "14,633" in html
    assert "201,234" in html

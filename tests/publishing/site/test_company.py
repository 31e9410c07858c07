"""What readers learn of the company that publishes the site."""

import json

import pytest
from django.utils import timezone
from lxml import html

from articles.models import ArticleKind
from publishing.content.redirect import Redirect
from publishing.site.models import SiteSettings
from tests import factories

pytestmark = pytest.mark.django_db
FACTS = {
    "legal_name": "Acme Ltd",
    "postal_address": "1 High Street\nYork",
    "register": "Companies House",
    "register_number": "01234567",
    "vat_number": "GB123",
    "answer_days": 1,
    "hosting": "Rented servers in Ireland.",
    "data_protection": "Legitimate interest.",
}
NOINDEX = '<meta name="robots" content="noindex">'
ON_ALL = {"Acme Ltd", "01234567", "VAT number GB123", "York"}
OF_COMPANY = {"Legal name", "Register entry", "We reply within one working day."}
OF_PRIVACY = {"Rented servers in Ireland.", "Legitimate interest."}


def said_on(client, slug: str) -> set[str]:
    text = client.get(f"/{slug}/").text
    return {words for words in ON_ALL | OF_COMPANY | OF_PRIVACY if words in text}


def test_company_is_described_where_readers_look_for_it_and_nowhere_as_long_as_nothing_is_known(client):
    pages = ["about", "imprint", "privacy", "other"]
    for slug in pages:
        factories.article(kind=ArticleKind.PAGE, slug=slug)
    for slug in pages:
        assert said_on(client, slug) == set()
        assert ('id="company"' in client.get(f"/{slug}/").text) == (slug != "other")
    SiteSettings(**FACTS).save()
    assert [said_on(client, slug) - ON_ALL for slug in pages] == [
        OF_COMPANY,
        OF_COMPANY,
        OF_COMPANY | OF_PRIVACY,
        {"We reply within one working day."},  # for search engines
    ]
    assert said_on(client, "other") >= ON_ALL


def test_people_who_answer_are_named_on_the_page_about_the_company(client):
    factories.article(kind=ArticleKind.PAGE, slug="about")
    factories.author(name="Ada Example", answers_enquiries=True)
    assert "Ada Example" in client.get("/about/").text


def test_privacy_page_names_who_is_responsible_and_how_to_reach_them(client):
    factories.article(kind=ArticleKind.PAGE, slug="privacy", body="<p>What we store.</p>")
    text = client.get("/privacy/").text
    assert "The company behind Vitrine is responsible" in text
    assert text.index('href="/contact/?from=/privacy/"') < text.index("What we store.</p>")
    SiteSettings(**FACTS).save()
    text = client.get("/privacy/").text
    assert "Acme Ltd is responsible" in text
    assert text.count('id="company"') == 1


def test_page_of_sections_states_the_company_and_those_who_answer(client):
    sections = [{"type": "people", "title": "Who answers"}]
    about = factories.article(kind=ArticleKind.PAGE, slug="about", sections=sections)
    assert "Who answers</h2>" not in client.get("/about/").text
    factories.author(name="Ada Example", answers_enquiries=True)
    SiteSettings(**FACTS).save()
    text = client.get("/about/").text
    assert text.count("Ada Example") == 1
    assert said_on(client, about.slug) >= OF_COMPANY


def test_company_follows_the_section_on_people_which_is_hidden_without_any(client):
    sections = [{"type": "features", "title": name, "items": [{"title": "One"}]} for name in ("Terms", "Rules")]
    sections.insert(1, {"type": "people", "title": "Who answers", "text": "No one signs off their own work."})
    factories.article(kind=ArticleKind.PAGE, slug="about", sections=sections)
    factories.author(name="Engineering desk", kind="desk", answers_enquiries=True)
    SiteSettings(**FACTS).save()
    text = client.get("/about/").text
    order = [text.index(words) for words in ("Terms</h2>", 'id="company"', "Rules</h2>")]
    assert order == sorted(order)
    assert "No one signs off" not in text
    factories.author(name="Ada Example", answers_enquiries=True)
    text = client.get("/about/").text
    assert text.index("Who answers</h2>") < text.index("Ada Example") < text.index('id="company"')
    assert "Engineering desk" in text


def test_search_engines_learn_register_entry_and_vat_number_once_they_are_confirmed(client):
    site = SiteSettings(**FACTS, name="Acme", email="mail@acme.example")
    site.save()
    assert company_in(client.get("/").content).keys() == {"@type", "@id", "name", "url", "description"}
    site.confirmed_at = timezone.now()
    site.save()
    company = company_in(client.get("/").content)
    assert (company["legalName"], company["vatID"]) == ("Acme Ltd", "GB123")
    entry = {"@type": "PropertyValue", "propertyID": "Companies House", "value": "01234567"}
    assert company["identifier"] == entry
    assert company["contactPoint"]["description"] == "We reply within one working day."


def company_in(page: bytes) -> dict:
    (script,) = html.fromstring(page).xpath("//script[@type='application/ld+json']/text()")
    (company,) = [node for node in json.loads(script)["@graph"] if node["@type"] == "Organization"]
    return company


def test_imprint_is_made_from_confirmed_settings_until_there_is_a_page_for_it(client):
    site = SiteSettings(**FACTS, name="Acme")
    site.save()
    text = client.get("/imprint/").text
    assert "Not stated yet: email address." in text
    assert "Legal name" not in text
    assert NOINDEX in text
    assert 'href="/imprint/"' not in client.get("/contact/").text
    site.email, site.confirmed_at = "mail@acme.example", timezone.now()
    site.save()
    text = client.get("/imprint/").text
    assert "Not stated yet" not in text
    assert "mail@acme.example" in text
    assert said_on(client, "imprint") >= OF_COMPANY
    assert NOINDEX not in text
    assert 'href="/imprint/"' in client.get("/contact/").text
    assert "/imprint/</loc>" in client.get("/sitemap.xml?kind=pages").text
    factories.article(kind=ArticleKind.PAGE, slug="imprint", title="Ours")
    SiteSettings.objects.store_menus()
    assert "Ours</h1>" in client.get("/imprint/").text
    assert "/imprint/</loc>" not in client.get("/sitemap.xml?kind=pages").text
    assert client.get("/contact/").text.count('href="/imprint/"') == 1


def test_a_redirect_of_the_imprint_goes_on_leading_elsewhere(client):
    Redirect.objects.create(path="/imprint/", new_path="/legal/")
    assert client.get("/imprint/").headers["Location"] == "/legal/"


def test_call_to_action_promises_an_answer_in_the_time_of_the_settings():
    assert SiteSettings().shown_call_text.endswith(" The first call is free; we arrange it by email.")
    assert SiteSettings(answer_days=2).shown_call_text.endswith(" We reply within 2 working days.")
    assert SiteSettings(answer_days=2, call_text="Call us.").shown_call_text == "Call us."

import html
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml.html import fromstring

from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel
from publishing.content.publishable import State
from tests.catalog import factories

pytestmark = pytest.mark.django_db

LIMIT = 13


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_list_shows_models_with_vendor_and_modalities(client):
    model = factories.whole_model()
    page = client.get(reverse("catalog:list")).content.decode()
    for record in (model, model.vendors.get()):
        assert f'href="{record.get_absolute_url()}"' in page
    assert str(model.input_modalities.get()) in page


def test_unverified_names_are_in_no_list_unless_asked_for(client):
    vendor, modality, family = factories.vendor(), factories.modality(), factories.family()
    fields = {"vendors": [vendor], "input_modalities": [modality], "family": family}
    name = factories.unverified(name="Rumour 9", **fields)
    for record in (vendor, modality, family):
        assert "Rumour 9" not in text_of(client.get(record.get_absolute_url()))
    assert "Rumour 9" not in text_of(client.get(reverse("catalog:list")))
    marked = client.get(reverse("catalog:list"), {"show": "unverified"})
    assert "“Rumour 9”" in text_of(marked)
    assert "Unverified names" in text_of(marked)
    assert 'content="noindex' in marked.content.decode()
    assert client.get(name.get_absolute_url()).status_code == 200


def test_an_unverified_page_has_notice_quotation_marks_and_the_series(client, starter_content):
    page = client.get("/catalog/models/dall-e-4/")
    text = text_of(page)
    assert "“DALL-E 4”" in text
    assert "Named in an article; no source of OpenAI was found. Last searched on 24 November 2026" in text
    assert 'href="/catalog/families/dall-e/"' in page.content.decode()


def test_unknown_is_said_and_never_shown_as_nought_or_no(client):
    model = factories.model(reasoning=False, tool_calls=None)
    offering = factories.offering(model=model)
    page = client.get(model.get_absolute_url()).content.decode()
    rows = dict(re.findall(r'<dt class="facts__label">([^<]+)</dt>\s*<dd[^>]*>\s*(.*?)\s*</dd>', page, re.DOTALL))
    assert rows["Reasoning"].startswith("no")
    for label in ("Tool calls", "Context window", "Released", "Licence", "Parameters", "Vendor", "Input"):
        assert '<em class="unknown">unknown</em>' in rows[label], label
        assert "0" not in rows[label]
    assert f"<code>{offering.api_id}</code>" in page
    assert 'Price: <em class="unknown">unknown</em>' in page


def test_a_free_price_is_free_and_a_dated_one_dated(client):
    offering = factories.offering()
    factories.price(offering=offering, amount=0)
    dated = factories.price(offering=offering, meter="output", amount="8", valid_from="2025-06-10")
    factories.evidence(price=dated)
    text = text_of(client.get(offering.model.get_absolute_url()))
    assert "no charge , seen on 2020" in text
    assert "8.00 USD per 1,000,000 tokens, since 10 June 2025" in text


@time_machine.travel("2026-11-28 12:00", tick=False)
def test_a_page_gives_status_history_and_sources(client, starter_content):
    text = text_of(client.get("/catalog/models/gpt-3-5-turbo/"))
    assert "Retired since 23 October 2026" in text
    assert "22 April 2026 Deprecation . Replacement: gpt-4.1-mini ." in text
    assert "23 October 2026 Last day" in text
    assert "Context window 16,385 tokens" in text
    assert "LiteLLM , 24 November 2026" in text
    assert "In its state of 23 April 2026; since July it names gpt-5.6-terra." in html.unescape(text)
    assert "0.50 USD per 1,000,000 tokens" in text


def test_what_sources_dispute_is_marked(client, starter_content):
    text = text_of(client.get("/catalog/models/o3-mini/"))
    assert "31 January 2025 (doubtful)" in text
    assert "(disputed): Gives 20 December 2024" in text


def test_a_draft_is_seen_by_editors_only(client, admin_client):
    model = factories.model(state=State.DRAFT)
    assert client.get(model.get_absolute_url()).status_code == 404
    page = admin_client.get(model.get_absolute_url())
    assert page.status_code == 200
    assert "This version is not public" in text_of(page)


def test_an_offering_of_a_hidden_provider_or_model_is_not_shown(client):
    model = factories.model(name="Shown")
    hidden = factories.offering(model=model, provider=factories.provider(name="Secret", state=State.DRAFT))
    other = factories.offering(model=factories.model(name="Hidden", state=State.DRAFT))
    assert hidden.api_id not in text_of(client.get(model.get_absolute_url()))
    assert "Hidden" not in text_of(client.get(other.provider.get_absolute_url()))


def test_what_a_provider_offers_of_a_model_without_a_record_stands_on_its_page(client):
    provider = factories.provider()
    lone = factories.offering(provider=provider, model=None, api_id="lone-1", name="Lone One", context_tokens=64_000)
    factories.price(offering=lone, amount=7)
    factories.offering(provider=provider, model=None, api_id="nameless-1")
    factories.offering(provider=factories.provider(), model=None, api_id="elsewhere-1")
    page = client.get(provider.get_absolute_url()).content.decode()
    names = re.findall(r'scope="row">\s*(.*?)\s*<code class="offer-table__id">(.*?)</code>', page)
    assert names == [("Lone One", "lone-1"), ("nameless-1", "nameless-1")]
    assert "7.00" in page
    assert "64,000" in page


def test_ids_of_a_model_on_equal_terms_share_a_row_of_their_provider(client):
    provider, model = factories.provider(), factories.model(name="One")
    for api_id, amount in (("eu.one", 3), ("us.one", 2), ("one", 2)):
        factories.price(offering=factories.offering(provider=provider, model=model, api_id=api_id), amount=amount)
    factories.offering(provider=provider, model=model, api_id="old.one", trains_on_input=False)
    page = fromstring(client.get(provider.get_absolute_url()).content)
    rows = page.xpath('//table[contains(@class, "offer-table")]/tbody/tr/th')
    assert sorted(" ".join(row.text_content().split()) for row in rows) == [
        "One 2 model IDs of Oneone us.one",
        "One eu.one",
        "One old.one",
    ]
    assert "A dash means that data use is unknown." in " ".join(page.text_content().split())


def test_an_address_with_a_placeholder_is_no_link(client):
    provider = factories.provider(api_base="https://api.example.com/${ACCOUNT_ID}/v1")
    page = client.get(provider.get_absolute_url()).content.decode()
    assert "<code>https://api.example.com/${ACCOUNT_ID}/v1</code>" in page
    assert 'href="https://api.example.com' not in page


@pytest.mark.parametrize("value", ["0", "-1", "x", "1" * 5000, "\x00", "１"])
def test_a_page_number_that_is_none_is_refused(value, client):
    assert client.get(reverse("catalog:list"), {"page": value}).status_code == 400


def test_a_page_beyond_the_last_is_not_found(client):
    assert client.get(reverse("catalog:list"), {"page": "2"}).status_code == 404


def test_only_safe_methods_are_answered(client):
    model = factories.model()
    for path in (model.get_absolute_url(), reverse("catalog:list"), reverse("catalog:vendors")):
        assert client.post(path).status_code == 405


def test_the_modality_page_has_both_sides(client):
    modality = factories.modality()
    factories.model(name="Taker", input_modalities=[modality])
    factories.model(name="Giver", output_modalities=[modality])
    path = modality.get_absolute_url()
    assert "Taker" in text_of(client.get(path))
    assert "Giver" in text_of(client.get(path, {"side": "output"}))


def fill_lists(count):
    vendor, modality, family, provider = (
        factories.vendor(),
        factories.modality(),
        factories.family(),
        factories.provider(),
    )
    family.vendor = vendor
    family.save()
    for _ in range(count):
        model = factories.model(
            vendors=[vendor], input_modalities=[modality], output_modalities=[modality], family=family
        )
        factories.event(model=model)
        factories.event(offering=factories.offering(model=model, provider=provider))
    stamp()
    return [record.get_absolute_url() for record in (vendor, modality, family, provider)] + [
        reverse("catalog:list"),
        reverse("catalog:vendors"),
    ]


def query_counts(client, paths) -> list[int]:
    stamp()
    counts = []
    for path in paths:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(captured))
    return counts


def test_twenty_rows_cost_as_many_queries_as_two(client):
    few = query_counts(client, fill_lists(2))
    many = query_counts(client, fill_lists(20))
    assert many == few
    assert max(many) <= LIMIT


def test_no_page_of_the_first_catalogue_makes_more_than_thirteen_queries(
    client, starter_content, django_assert_max_num_queries
):
    for model in AIModel.objects.published():
        with django_assert_max_num_queries(LIMIT):
            assert client.get(model.get_absolute_url()).status_code == 200


def test_titles_say_what_people_search_for(client):
    offering = factories.offering(model=factories.model(name="Model One"), provider=factories.provider(name="Host One"))
    vendor, modality = factories.vendor(name="Vendor One"), factories.modality(name="Image")
    titles = {
        offering.model: "Model One: price, context, last day",
        offering.provider: "Host One: AI models and their prices",
        vendor: "Vendor One: AI models, prices, last days",
        modality: "AI models with image output",
    }
    for record, title in titles.items():
        page = client.get(record.get_absolute_url()).content.decode()
        assert f"<title>{title} · " in page, record


def test_the_page_of_a_provider_says_when_its_offers_end(client):
    host = factories.provider(name="Host")
    ends = {"Ended": "2026-01-01", "Ends": "2027-02-03", "Left": "", "Vague": ""}
    for name, date in ends.items():
        model = factories.model(name=name)
        listing = {"Left": "removed", "Vague": "deprecated"}.get(name, "listed")
        left = {"left_list_on": "2026-09-01"} if name == "Left" else {}
        offering = factories.offering(model=model, provider=host, listing=listing, checked_on="2026-11-01", **left)
        if date:
            event = factories.event(offering=offering, kind="retired", date=date)
        if name == "Ends":
            factories.evidence(event=event, confidence="vendor")
    [table] = fromstring(client.get(host.get_absolute_url()).content.decode()).find_class("offer-table")
    said = [" ".join(cell.text_content().split()) for cell in table.find_class("offer-table__status")]
    assert said == [
        "Retired ended 1 January 2026 ○",
        "Deprecated until 3 February 2027",
        "Deprecated not in its list since 1 September 2026",
        "Deprecated last day not known",
    ]
    assert "○ Last day not yet checked at the provider." in client.get(host.get_absolute_url()).content.decode()

"""A model on a past day: its page and the API. Stage: test."""

from datetime import date

import pytest
import time_machine
from lxml import html

from catalog.pages.views import model as model_view
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fixed_day")]


@pytest.fixture
def _fixed_day():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


def offered(**fields):
    """Return an offering that was first seen in June 2025 and became cheaper in February 2026."""
    offering = factories.offering(listing="listed", **fields)
    for amount, since in (("3", "2025-06-05"), ("1.5", "2026-02-01")):
        price = factories.price(offering=offering, amount=amount, valid_from=since)
        factories.evidence(price=price, confidence="third_party")
    return offering


def page(client, model, day):
    response = client.get(model.get_absolute_url(), {"as_of": day})
    return response, html.document_fromstring(response.content.decode())


def text_of(tree) -> str:
    return " ".join(tree.find(".//main").text_content().split())


def test_page_shows_the_status_and_prices_of_that_day(client):
    offering = offered(provider=factories.provider(name="Host"))
    factories.event(model=offering.model, kind="released", date="2025-05-01")
    factories.event(model=offering.model, kind="retired", date="2026-03-01")
    response, tree = page(client, offering.model, "2026-01-31")
    text = text_of(tree)
    assert response.status_code == 200
    assert "This page shows 31 January 2026, not the present." in text
    assert "3.00" in text
    assert "1.50" not in text
    assert "Deprecated" in text
    assert "retired" not in text.lower().partition("history until then")[2]
    assert text_of(page(client, offering.model, "2026-02-01")[1]).count("1.50") == 2, "in the head and in the table"
    lead = " ".join(tree.find_class("facts")[0].text_content().split())
    assert "from 3.00 via Host" in lead
    reference = factories.at_reference(offering)
    assert "3.00 USD per 1,000,000 tokens" in text_of(page(client, reference.model, "2026-01-31")[1])


def test_page_says_what_is_not_on_record(client):
    offering = offered(provider=factories.provider(name="Host"))
    text = text_of(page(client, offering.model, "2025-06-04")[1])
    assert "Status: not known" in text
    assert "Not known for that day: Host." in text


def test_page_says_that_a_list_without_a_date_is_no_record_of_a_start(client):
    offering = factories.offering(listing="listed", provider=factories.provider(name="Host"))
    text = text_of(page(client, offering.model, "2025-06-04")[1])
    assert "Available" in text
    assert "Where no list dates the beginning of an offer" in text
    assert "No earlier events are known." in text


def test_past_day_is_not_indexed_and_leads_to_the_present_page(client):
    model = offered().model
    _, tree = page(client, model, "2026-01-31")
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert tree.xpath("//link[@rel='canonical']/@href")[0].endswith(model.get_absolute_url())
    assert tree.xpath("//main//a[contains(@href, '/models/')]/@href")[0] == model.get_absolute_url()


def test_today_is_the_present_page(client):
    _, tree = page(client, offered().model, "2026-11-24")
    assert "not the present" not in tree.text_content()
    assert not tree.xpath("//meta[@name='robots']")


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-02-30", "20260101", "2026-W01-1", "2026-11-25", "1999-12-31", "x\0"]
)
def test_other_days_get_a_sentence_beside_the_field(client, text):
    model = offered().model
    response, tree = page(client, model, text)
    assert response.status_code == 400
    (error,) = tree.xpath("//*[@id='as-of-error']")
    assert error.text == "Enter a day from 2000-01-01 to 2026-11-24, such as 2026-03-01."
    answer = client.get(f"/api/v1/models/{model.public_id}/", {"as_of": text})
    assert answer.status_code == 400
    assert not model_view.understands([("as_of", text)])


def test_a_day_in_words_leads_to_its_address(client):
    url = offered().model.get_absolute_url()
    assert client.get(url, {"as_of": "1 June 2026"}).headers["Location"] == f"{url}?as_of=2026-06-01"


def test_only_valid_days_are_cached():
    assert model_view.understands([])
    assert model_view.understands([("as_of", "2026-11-24")])
    assert not model_view.understands([("as_of", "2026-01-01"), ("as_of", "2026-01-01")])
    assert not model_view.understands([("on", "2026-01-01")])


def test_api_answers_for_the_day(client):
    offering = factories.at_reference(offered())
    own = client.get(f"/api/v1/offerings/{offering.pk}/", {"as_of": "2026-01-31"}).json()
    assert own["as_of"] == {
        "day": "2026-01-31",
        "status": "available",
        "input_price": "3",
        "output_price": None,
        "cached_price": None,
        "blended_price": None,
        "not_on_record": ["output_price", "cached_price", "blended_price"],
    }
    assert own["today"]["input_price"] == "1.5"
    (listed,) = client.get("/api/v1/offerings/", {"model": offering.model.slug, "as_of": "2025-06-04"}).json()["items"]
    prices = ["input_price", "output_price", "cached_price", "blended_price"]
    assert listed["as_of"]["not_on_record"] == ["status", *prices]
    model = client.get(f"/api/v1/models/{offering.model.public_id}/", {"as_of": "2026-01-31"}).json()
    assert (model["as_of"]["input_price"], model["as_of"]["status"]) == ("3", "available")
    assert "as_of" not in client.get(f"/api/v1/models/{offering.model.public_id}/").json()
    assert client.get("/api/v1/vendors/", {"as_of": "2026-01-31"}).status_code == 400


def test_price_that_only_third_parties_state_was_seen(client):
    text = text_of(html.document_fromstring(client.get(offered().model.get_absolute_url()).content.decode()))
    assert "seen on 1 February 2026" in text


def test_price_history_is_a_chart_with_its_table(client):
    offering = offered()
    factories.price(offering=offering, meter="output", amount="6", valid_from="2025-06-05")
    tree = html.document_fromstring(client.get(offering.model.get_absolute_url()).content.decode())
    rows = [
        [" ".join(cell.text_content().split()) for cell in row.iterchildren()]
        for row in tree.xpath("//section[@aria-labelledby='price-history']//tbody/tr")
    ]
    assert rows == [["1 February 2026", "1.50", "6.00"], ["5 June 2025", "3.00", "6.00"]]
    wide, narrow = tree.xpath("//section[@aria-labelledby='price-history']//*[local-name()='svg']")
    for svg in (wide, narrow):
        steps = [path.get("d") for path in svg.iter() if "chart__steps" in (path.get("class") or "")]
        assert [d.count("H") for d in steps] == [2, 2]
        assert [d.count("M") for d in steps] == [1, 1], "steps are joined"


def test_price_history_passes_over_the_day_on_which_a_price_ends(client):
    offering = offered()
    factories.price(offering=offering, meter="cache_read", amount="0.3", valid_from="2025-06-05")
    factories.price(offering=offering, meter="cache_read", amount=None, is_withdrawn=True, valid_from="2025-07-01")
    assert "seen on 1 February 2026" in text_of(
        html.document_fromstring(client.get(offering.model.get_absolute_url()).content.decode())
    )


def test_price_that_never_changed_has_no_history(client):
    offering = factories.offering()
    factories.price(offering=offering, valid_from="2026-01-01")
    assert b"price-history" not in client.get(offering.model.get_absolute_url()).content


def test_an_offer_of_which_only_the_price_is_known_has_no_unknown_status_beside_it(client):
    offering = factories.at_reference(factories.offering(listing="deprecated", checked_on=date(2026, 11, 24)))
    factories.price(offering=offering, valid_from="2025-06-05")
    shown = text_of(page(client, offering.model, "2025-12-31")[1])
    assert "Unknown" not in shown.partition("Offerings")[2]
    assert "No price is known for that day" not in shown
    early = text_of(page(client, offering.model, "2025-06-01")[1])
    assert "No price is known for that day: our first prices of this model are of 5 June 2025." in early
    assert "Price listed" not in early

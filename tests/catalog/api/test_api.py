from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishing.content.publishable import State
from tests.catalog import factories

pytestmark = pytest.mark.django_db

KINDS = ["models", "vendors", "modalities", "families", "providers", "offerings", "sources"]


def get(client, path, **parameters) -> dict:
    response = client.get(f"/api/v1/{path}", parameters)
    assert response.status_code == 200
    return response.json()


def test_a_model_is_found_by_its_slug_with_unknown_as_null(client):
    model = factories.model(name="Bare", reasoning=False)
    record = get(client, "models/bare/")
    document = record["data"]
    assert record["id"] == document["id"] == str(model.public_id)
    assert document["reasoning"] is False
    for field in ("context_tokens", "released_on", "kind", "openness", "licence", "tool_calls", "family", "use_for"):
        assert document[field] is None, field
    assert document["vendors"] == []
    assert document["published_at"].endswith("Z")


def test_a_model_names_what_belongs_to_it(client):
    model = factories.whole_model(name="Whole", body="<p>Words.</p>")
    record = get(client, "models/whole/")
    document = record["data"]
    assert record["url"].endswith("/catalog/models/whole/")
    assert [vendor["name"] for vendor in document["vendors"]] == [model.vendors.get().name]
    assert document["family"]["slug"] == model.family.slug
    assert document["released_on"] == "2025-01"
    assert document["body_html"] == "<p>Words.</p>"
    assert document["aliases"][0]["kind"] == "spelling"
    source = document["events"][0]["evidence"][0]["source"]
    assert get(client, f"sources/{source}/")["data"]["read_on"] == "2026-11-24"
    assert document["evidence"][0]["fact"] == "context_tokens"
    assert document["benchmarks"][0]["score"] == "71.5"
    assert document["benchmarks"][0]["measured_on"] is None
    assert document["weights"][0] == {
        "label": "Hugging Face",
        "url": model.weights.get().url,
        "format": None,
        "quantisation": None,
    }


def test_an_offering_gives_amounts_as_text(client):
    price = factories.price(amount=Decimal("0.175"))
    factories.price(offering=price.offering, meter="output", amount=None, is_withdrawn=True)
    document = get(client, f"offerings/{price.offering_id}/")["data"]
    assert document["api_id"] == price.offering.api_id
    assert [row["amount"] for row in document["prices"]] == ["0.175", None]
    assert document["prices"][0]["valid_from"] == "2020"
    assert document["model"]["slug"] == price.offering.model.slug


def test_an_offering_says_where_the_data_goes_with_unknown_as_null(client):
    known = factories.offering(
        retention_days=0, trains_on_input=False, zero_retention=True, data_policy_url="https://example.com/privacy"
    )
    unknown = factories.offering()
    names = ["retention_days", "trains_on_input", "zero_retention", "data_policy_url"]
    document = get(client, f"offerings/{known.pk}/")["data"]
    assert [document[name] for name in names] == [0, False, True, "https://example.com/privacy"]
    document = get(client, f"offerings/{unknown.pk}/")["data"]
    assert [document[name] for name in names] == [None] * 4


def test_an_amount_of_nought_is_not_null(client):
    price = factories.price(amount=0)
    assert get(client, f"offerings/{price.offering_id}/")["data"]["prices"][0]["amount"] == "0"


def test_all_models_are_listed_the_unverified_ones_too(client):
    factories.unverified(name="Rumour")
    factories.model(name="Big")
    for parameters in ({}, {"show": "all"}):
        assert [item["data"]["name"] for item in get(client, "models/", **parameters)["items"]] == ["Rumour", "Big"]
    items = get(client, "models/", show="unverified")["items"]
    assert [item["data"]["existence"] for item in items] == ["unverified"]
    assert get(client, "models/rumour/")["data"]["notice"] == "Named in an article."


def test_records_say_what_holds_today(client, settings):
    model = factories.model(name="Big", context_tokens=8_000, reasoning=True)
    factories.event(model=model, date="2025-03-01")
    offering = factories.at_reference(factories.offering(model=model, context_tokens=4_000))
    factories.price(offering=offering, amount="2.50")
    settings.TIME_ZONE = "Pacific/Kiritimati"  # a day ahead of UTC for most of the day
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        today = {"day": "2026-11-25", "status": "available", "input_price": "2.5", "output_price": None}
        today |= {"cached_price": None, "blended_price": None}
        ends = {"end": None, "left_list_on": None, "replacement": []}
        of_model = get(client, "models/big/")["today"]
        assert of_model == get(client, "models/")["items"][0]["today"]
        assert of_model.pop("price_at")["id"] == str(offering.provider_id)
        of_model.pop("lowest")
        assert of_model == today | ends | {"released_on": None, "served_at": [offering.provider.name]}
        found = get(client, f"offerings/{offering.pk}/")["today"]
        effective = found.pop("effective")
        assert found == today
    assert (effective["context_tokens"], effective["reasoning"], effective["temperature"]) == (4_000, True, None)
    assert get(client, f"offerings/{offering.pk}/")["data"]["reasoning"] is None


def test_an_offering_without_a_model_is_sent_and_says_so(client):
    offering = factories.offering(model=None, context_tokens=4_000)
    record = get(client, f"offerings/{offering.pk}/")
    assert (record["data"]["model"], record["url"]) == (None, None)
    assert record["today"]["effective"]["context_tokens"] == 4_000


def test_a_page_of_records_costs_few_queries_with_what_holds_today(client):
    factories.price()
    for kind in ("vendors", "models", "offerings"):
        get(client, f"{kind}/")
        with CaptureQueriesContext(connection) as captured:
            get(client, f"{kind}/")
        of_records = [query for query in captured if "catalog_feedmark" not in query["sql"]]
        assert len(of_records) == (2 if kind == "models" else 1), (
            kind
        )  # the ends of models are one, each step of replacements too


def test_nothing_hidden_appears_even_inside_what_is_shown(client):
    hidden = {"state": State.DRAFT}
    secret_model = factories.model(name="Secret model", **hidden)
    model = factories.model(
        vendors=[factories.vendor(name="Secret vendor", **hidden)],
        input_modalities=[factories.modality(name="Secret modality", **hidden)],
        family=factories.family(name="Secret family", **hidden),
        replaced_by=secret_model,
    )
    factories.event(model=model, replaced_by=secret_model)
    factories.event(model=secret_model)
    factories.price(offering=factories.offering(model=secret_model))
    factories.offering(model=model, provider=factories.provider(name="Secret provider", **hidden))
    factories.family(vendor=factories.vendor(name="Secret maker", **hidden))
    for kind in KINDS:
        body = client.get(f"/api/v1/{kind}/").content.decode()
        assert "ecret" not in body, kind
    assert get(client, "offerings/")["items"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_rows_cost_as_many_queries_as_two(kind, client):
    def queries() -> int:
        get(client, f"{kind}/")  # brings the documents up to date
        with CaptureQueriesContext(connection) as captured:
            get(client, f"{kind}/")
        return len(captured)

    for _ in range(2):
        factories.whole_model(body="<p>Words.</p>")
    few = queries()
    for _ in range(18):
        factories.whole_model(body="<p>Words.</p>")
    assert queries() == few

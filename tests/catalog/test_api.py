from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishing.models import State
from tests.catalog import factories

pytestmark = pytest.mark.django_db

KINDS = ["models", "vendors", "modalities", "families", "providers", "offerings"]


def get(client, path, **parameters) -> dict:
    response = client.get(f"/api/v1/{path}", parameters)
    assert response.status_code == 200
    return response.json()


def test_a_model_is_found_by_its_slug_with_unknown_as_null(client):
    model = factories.model(name="Bare", reasoning=False)
    document = get(client, "models/bare/")
    assert document["public_id"] == str(model.public_id)
    assert document["reasoning"] is False
    for field in ("context_tokens", "released_on", "kind", "openness", "licence", "tool_calls", "family", "use_for"):
        assert document[field] is None, field
    assert document["vendors"] == []
    assert document["published_at"].endswith("Z")


def test_a_model_names_what_belongs_to_it(client):
    model = factories.whole_model(name="Whole", body="<p>Words.</p>")
    document = get(client, "models/whole/")
    assert document["url"].endswith("/catalog/models/whole/")
    assert [vendor["name"] for vendor in document["vendors"]] == [model.vendors.get().name]
    assert document["family"]["slug"] == model.family.slug
    assert document["released_on"] == "2025-01"
    assert document["body_html"] == "<p>Words.</p>"
    assert document["aliases"][0]["kind"] == "spelling"
    assert document["events"][0]["evidence"][0]["source"]["read_on"] == "2026-11-24"
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
    document = get(client, f"offerings/{price.offering_id}/")
    assert document["api_id"] == price.offering.api_id
    assert [row["amount"] for row in document["prices"]] == ["0.175", None]
    assert document["prices"][0]["valid_from"] is None
    assert document["model"]["slug"] == price.offering.model.slug


def test_an_offering_says_where_the_data_goes_with_unknown_as_null(client):
    known = factories.offering(
        retention_days=0, trains_on_input=False, zero_retention=True, data_policy_url="https://example.com/privacy"
    )
    unknown = factories.offering()
    names = ["retention_days", "trains_on_input", "zero_retention", "data_policy_url"]
    document = get(client, f"offerings/{known.pk}/")
    assert [document[name] for name in names] == [0, False, True, "https://example.com/privacy"]
    document = get(client, f"offerings/{unknown.pk}/")
    assert [document[name] for name in names] == [None] * 4


def test_an_amount_of_nought_is_not_null(client):
    price = factories.price(amount=0)
    assert get(client, f"offerings/{price.offering_id}/")["prices"][0]["amount"] == "0"


def test_unverified_names_are_listed_only_on_demand(client):
    factories.unverified(name="Rumour")
    assert get(client, "models/")["items"] == []
    assert [item["existence"] for item in get(client, "models/", unverified="1")["items"]] == ["unverified"]
    assert get(client, "models/rumour/")["notice"] == "Named in an article."


def test_what_is_listed_is_said_once(client):
    response = client.get("/api/v1/models/", {"unverified": "1", "show": "all"})
    assert set(response.json()["errors"]) == {"unverified"}


@pytest.mark.parametrize("value", ["2", "yes", ""])
def test_a_parameter_out_of_its_range_is_refused(value, client):
    assert client.get("/api/v1/models/", {"unverified": value}).status_code == 400


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
        with CaptureQueriesContext(connection) as captured:
            get(client, f"{kind}/")
        return len(captured)

    for _ in range(2):
        factories.whole_model(body="<p>Words.</p>")
    few = queries()
    for _ in range(18):
        factories.whole_model(body="<p>Words.</p>")
    assert queries() == few

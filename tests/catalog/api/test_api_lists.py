"""The lists of the API take the filters of the site, and reject values that make no sense."""

import pytest
import time_machine
from django.conf import settings

from catalog.browse.filters import NAMES
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]
URL = "/api/v1/models/"


@pytest.fixture
def two_models(client):
    vendor, text = factories.vendor(name="Acme"), factories.modality(name="Text")
    big = factories.model(
        name="Big",
        vendors=[vendor],
        input_modalities=[text],
        kind="language",
        context_tokens=200_000,
        released_on="2025-03",
        reasoning=True,
        tool_calls=True,
        openness="weights",
    )
    factories.checked_by_firm(big)
    small = factories.model(name="Small", output_modalities=[text], context_tokens=8_000, reasoning=True)
    offering = factories.offering(model=big, provider=factories.provider(name="Cloud"))
    factories.price(offering=factories.at_reference(offering), amount="2.5")
    factories.event(model=big, kind="released", date="2025-03-01")
    return big, small


def found(client, query: str) -> list[str]:
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 200, response.content
    return [item["data"]["name"] for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Big", "Small"]),
        ("show=checked", ["Big"]),
        ("show=unchecked", ["Small"]),
        ("vendor=acme", ["Big"]),
        ("input=text", ["Big"]),
        ("output=text", ["Small"]),
        ("provider=cloud", ["Big"]),
        ("kind=unknown", ["Small"]),
        ("kind=language&kind=unknown", ["Big", "Small"]),
        ("capability=reasoning", ["Big", "Small"]),
        ("capability=reasoning&capability=tool_calls", ["Big"]),
        ("kind=language,unknown", ["Big", "Small"]),
        ("capability=reasoning,tool_calls", ["Big"]),
        ("vendor=acme,acme&vendor=acme", ["Big"]),
        ("openness=weights", ["Big"]),
        ("context_min=8001", ["Big"]),
        ("context_max=8000", ["Small"]),
        ("price_min=2.5&price_max=3", ["Big"]),
        ("released_from=2025&released_to=2025-03", ["Big"]),
        ("q=small", ["Small"]),
        ("q=%21%21", []),
        ("vendor=acme&context_max=8000", []),
    ],
)
def test_models_are_narrowed_as_on_the_site(query, names, two_models, client):
    assert found(client, query) == names


def test_every_filter_of_the_site_is_one_of_the_api_and_described(client):
    operation = client.get("/api/v1/openapi.json").json()["paths"][URL]["get"]
    described = {parameter["name"]: parameter for parameter in operation["parameters"] if "name" in parameter}
    assert {*NAMES, "after", "limit", "as_of"} == described.keys()
    assert all(parameter["description"] and parameter["schema"] for parameter in described.values())


@pytest.mark.parametrize(
    "query",
    [
        *("show=", "show=some", "kind=poem", "kind=", "capability=flying", "status=x", "openness=x"),
        *("vendor=nobody", "vendor=a%20b", "vendor=", "provider=%00", "input=x", "output=x"),
        *("context_min=x", "context_max=-1", "price_min=1e3", "price_max=1,5", "released_from=2025-13"),
        *("released_to=2025-02-30", "q=", "q=+x", "q=" + "x" * 201, "show=all&show=all", "sort=name", "page=2"),
        "context_min=10&context_max=5",
        "&".join(f"vendor=v{number}" for number in range(51)),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(query, two_models, client):
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert set(response.json()["errors"]) == {query.split("=")[0]}


def test_records_are_named_by_id_and_by_former_slugs(two_models, client):
    vendor = two_models[0].vendors.get(slug="acme")
    vendor.slug = "acme-labs"
    vendor.save()
    for name in (vendor.pk, "acme", "acme-labs", "acme,acme-labs"):
        assert found(client, f"vendor={name}") == ["Big"]
    offerings = "/api/v1/offerings/?model="
    for name in (two_models[0].public_id, "big"):
        assert len(client.get(f"{offerings}{name}").json()["items"]) == 1
    vendor.state = "draft"
    vendor.save()
    for name in (vendor.pk, "acme", "acme-labs", 10**17, two_models[0].public_id):
        assert client.get(f"{URL}?vendor={name}").status_code == 400
    assert client.get(f"{offerings}{two_models[0].pk}").status_code == 400, "the id of a model is its public one"


def test_pages_keep_the_filters(two_models, client):
    factories.model(name="Third", reasoning=True)
    body = client.get(f"{URL}?capability=reasoning&limit=1").json()
    names = [body["items"][0]["data"]["name"]]
    while body["next"]:
        assert body["next"].startswith(f"{settings.SITE_URL}{URL}?capability=reasoning&")
        body = client.get(body["next"]).json()
        names.append(body["items"][0]["data"]["name"])
    assert names == ["Big", "Small", "Third"]


def test_offerings_are_narrowed_by_provider_and_model(client):
    one = factories.offering(provider=factories.provider(name="Cloud"), model=factories.model(name="Big"))
    two = factories.offering(provider=one.provider)
    three = factories.offering(model=one.model)

    def ids(query):
        return [int(item["id"]) for item in client.get(f"/api/v1/offerings/?{query}").json()["items"]]

    assert ids("provider=cloud") == [one.pk, two.pk]
    assert ids("model=big") == [one.pk, three.pk]
    assert ids("provider=cloud&model=big") == [one.pk]
    assert client.get("/api/v1/offerings/?provider=nobody").status_code == 400


def test_a_list_has_another_etag_wherever_a_byte_of_it_is_another(client, two_models):
    big, small = two_models
    seen = {}

    def look(day: str, address: str = URL):
        with time_machine.travel(f"{day} 12:00", tick=False):
            answer = client.get(address)
        assert seen.setdefault(answer.headers["ETag"], answer.content) == answer.content

    look("2026-11-01")
    look("2026-11-01")
    assert len(seen) == 1
    look("2026-11-02")  # today's values name the day
    look("2026-11-02", f"{URL}?limit=1")
    small.name = "Smaller"
    small.save()
    look("2026-11-02")
    factories.price(offering=big.offerings.get(), amount="3.5", valid_from="2026-11-02")
    look("2026-11-02")
    assert len(seen) == 5

import pytest

from catalog.models import AIModel, Offering, Provider
from ops.db import bounded_count as long_lists
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(client, monkeypatch):
    client.force_login(factories.administrator())
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 3)
    provider = Provider.objects.create(name="Provider")
    models = [AIModel.objects.create(name=f"Falcon {9 - number}") for number in range(4)]
    for number, model in enumerate(models):
        Offering.objects.create(provider=provider, model=model, api_id=f"id-{number}")
    return models


@pytest.mark.parametrize("kind", ["aimodel", "offering"])
def test_a_list_of_more_than_are_counted_says_that_there_are_more(kind, offered, client):
    page = client.get(f"/admin/catalog/{kind}/").content.decode()
    assert f"more than 3 {'models' if kind == 'aimodel' else 'offerings'}" in page
    assert "Show counts" not in page


@pytest.mark.parametrize("kind", ["aimodel", "offering"])
def test_a_list_of_no_more_is_counted_exactly(kind, offered, client):
    Offering.objects.filter(model=offered[0]).delete()
    offered[0].delete()
    page = client.get(f"/admin/catalog/{kind}/").content.decode()
    assert "3 models" in page or "3 offerings" in page
    assert "more than" not in page
    assert "Show counts" in page


def test_counts_that_are_asked_for_are_not_made_of_more(offered, client):
    response = client.get("/admin/catalog/aimodel/?_facets=True")
    assert response.context["cl"].add_facets is False


def test_of_more_offerings_than_are_counted_the_first_by_name_are_shown(offered, client, monkeypatch):
    address = Provider.objects.get().get_absolute_url()
    response = client.get(address)
    assert [row.values["api_id"] for row in response.context["page"]] == ["id-3", "id-2", "id-1"]
    assert "Only the first 3 by name" in response.content.decode()
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 4)
    response = client.get(address)
    assert [row.values["api_id"] for row in response.context["page"]] == ["id-3", "id-2", "id-1", "id-0"]
    assert "by name are shown" not in response.content.decode()

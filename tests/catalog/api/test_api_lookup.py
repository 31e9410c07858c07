"""A record of the API is found by every name that it has or had."""

from uuid import uuid4

import pytest
from django.conf import settings

from catalog.history.merge import merge
from catalog.models import AIModel, Provider
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from tests.catalog import factories

pytestmark = pytest.mark.django_db


def assert_leads(client, name, to, kind="models"):
    response = client.get(f"/api/v1/{kind}/{name}/")
    assert response.status_code == 301
    assert response.headers["Location"] == f"{settings.SITE_URL}/api/v1/{kind}/{to}/"


def status(client, name, kind="models") -> int:
    return client.get(f"/api/v1/{kind}/{name}/").status_code


def test_a_model_is_found_by_its_public_id(client):
    model = factories.model(name="Big")
    assert client.get(f"/api/v1/models/{model.public_id}/").json()["data"]["slug"] == "big"
    assert status(client, uuid4()) == 404


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("vendors", factories.vendor),
        ("modalities", factories.modality),
        ("families", factories.family),
        ("providers", factories.provider),
        ("offerings", factories.offering),
    ],
)
def test_other_records_are_found_by_the_id_that_their_document_has(kind, make, client):
    record = make()
    document = client.get(f"/api/v1/{kind}/{record.pk}/").json()
    assert document["id"] == document["data"]["id"] == str(record.pk)
    assert client.get(f"/api/v1/{kind}/").json()["items"] == [document]
    assert status(client, record.pk + 1, kind) == 404


def test_an_alias_leads_to_its_model_whatever_letters_it_is_written_in(client):
    model = factories.model(name="Big")
    factories.alias(model=model, text="Maker/Big 2.0")
    assert_leads(client, "maker/BIG%202.0", "big")
    AIModel.objects.update(state=State.DRAFT)
    assert status(client, "maker/BIG%202.0") == 404


def test_an_old_slug_leads_to_the_present_one(client):
    model = factories.model(name="Big")
    model.slug = "bigger"
    model.save()
    assert_leads(client, "big", "bigger")


def test_a_slug_that_somebody_else_has_now_is_theirs(client):
    model = factories.model(name="Big")
    model.slug = "bigger"
    model.save()
    other = factories.model(name="Big")
    assert client.get("/api/v1/models/big/").json()["id"] == str(other.public_id)


def test_a_merged_record_leads_to_the_one_that_stands_for_it_by_slug_and_id(client, administrator):
    last, middle, first = (factories.model(name=name) for name in ("Last", "Middle", "First"))
    merge(AIModel, middle.pk, [first.pk], administrator)
    merge(AIModel, last.pk, [middle.pk], administrator)
    for name in ("first", first.public_id, "middle", middle.public_id):
        assert_leads(client, name, "last")
    Redirect.objects.all().delete()  # only the record of the merge is left
    assert_leads(client, "first", "last")
    one, two = factories.provider(name="One"), factories.provider(name="Two")
    merge(Provider, one.pk, [two.pk], administrator)
    assert_leads(client, two.pk, "one", kind="providers")


def test_what_was_retired_is_gone_by_every_name(client, administrator):
    model, merged = factories.model(name="Big"), factories.model(name="Double")
    factories.alias(model=model, text="Also Big")
    merge(AIModel, model.pk, [merged.pk], administrator)
    AIModel.objects.update(state=State.ARCHIVED)
    for name in ("big", model.public_id, "Also%20Big", "double", merged.public_id):
        assert status(client, name) == 410, name


def test_a_slug_that_an_editor_declared_gone_is_gone(client):
    Redirect.objects.create(path="/catalog/models/old/", is_gone=True)
    assert status(client, "old") == 410


@pytest.mark.parametrize("name", ["%00", "a%00b", "x" * 300, "%C3%BC", "..%2f", "0", "00", "9" * 30, "%0A", "a/b"])
@pytest.mark.parametrize("kind", ["models", "vendors", "offerings", "articles"])
def test_a_name_of_nothing_is_not_found(name, kind, client):
    assert status(client, name, kind) == 404

"""How values are entered: dates in one format, facts by their names, drafts first."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import AIModel, Evidence, FieldChange, Offering, Price, Vendor
from catalog.rules.partial_dates import PartialDateFormField
from tests import factories as people
from tests.catalog import factories
from tests.forms import values_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(people.user("Catalogue manager"))
    return client


def change_url(record):
    return reverse(f"admin:catalog_{record._meta.model_name}_change", args=[record.pk])


def form_of(client, record) -> dict:
    sent = values_of(client.get(change_url(record)).content, f"{record._meta.model_name}_form")
    return {name: value for name, value in sent.items() if "__prefix__" not in name}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026", "2026"),
        ("2026-11", "2026-11"),
        ("2026-11-27", "2026-11-27"),
        ("27 November 2026", "2026-11-27"),
        ("November 27, 2026", "2026-11-27"),
        ("Nov 2026", "2026-11"),
        ("", ""),
    ],
)
def test_a_partial_date_is_typed_in_any_clear_format(typed, stored):
    field = AIModel._meta.get_field("released_on").formfield()
    assert isinstance(field, PartialDateFormField)
    assert field.clean(typed) == stored


def test_sources_name_facts_by_their_labels_and_other_names_are_refused(manager):
    evidence = factories.evidence(model=factories.model(), fact="released_on")
    page = manager.get(change_url(evidence.model)).text
    assert '<option value="context_tokens">Context window</option>' in page
    sent = form_of(manager, evidence.model)
    refused = manager.post(change_url(evidence.model), sent | {"evidence-0-fact": "Context"})
    assert "Select a valid choice" in refused.text
    assert manager.post(change_url(evidence.model), sent | {"evidence-0-fact": "context_tokens"}).status_code == 302
    assert Evidence.objects.get().fact == "context_tokens"


def test_modalities_of_an_offering_are_check_boxes(manager):
    for code in ("image", "text"):
        factories.modality(name=code.capitalize(), slug=code)
    offering = factories.offering(input_modalities=["text", "smell"])
    sent = form_of(manager, offering)
    assert sorted(sent["input_modalities"]) == ["smell", "text"]
    manager.post(change_url(offering), sent)
    assert Offering.objects.get().input_modalities == ["text", "smell"]
    manager.post(change_url(offering), sent | {"input_modalities": ["text", "image"]})
    assert sorted(Offering.objects.get().input_modalities) == ["image", "text"]
    del sent["input_modalities"]
    manager.post(change_url(offering), sent)
    assert Offering.objects.get().input_modalities is None


def test_amounts_are_shown_without_trailing_zeros(manager):
    price = factories.price(amount="1.250000000")
    assert form_of(manager, price)["amount"] == ["1.25"]
    assert form_of(manager, price.offering)["prices-0-amount"] == ["1.25"]
    manager.post(change_url(price), form_of(manager, price))
    assert Price.objects.get().amount == Decimal("1.25")


def test_a_new_vendor_is_a_draft_until_it_is_published_by_one_button(manager):
    url = reverse("admin:catalog_vendor_add")
    sent = values_of(manager.get(url).content, "vendor_form") | {"name": "Acme"}
    manager.post(url, sent | {"_save": "yes"})
    vendor = Vendor.objects.get()
    assert vendor.state == "draft"
    page = manager.get(change_url(vendor)).text
    assert 'value="Publish"' in page
    assert manager.post(change_url(vendor), form_of(manager, vendor) | {"_publish": "yes"}).status_code == 302
    vendor.refresh_from_db()
    assert vendor.state == "published"
    assert 'value="Publish"' not in manager.get(change_url(vendor)).text


# A model on one page ---------------------------------------------------------------------------------


def new_model(manager, **typed) -> AIModel:
    url = reverse("admin:catalog_aimodel_add")
    sent = values_of(manager.get(url).content, "aimodel_form")
    sent = {name: value for name, value in sent.items() if "__prefix__" not in name}
    response = manager.post(url, sent | typed)
    assert response.status_code == 302, response.context["errors"]
    return AIModel.objects.get()


ROW = {
    "offerings-0-provider": "Acme Cloud",
    "offerings-0-api_id": "acme-1",
    "offerings-0-input_price": "1.25",
    "offerings-0-output_price": "10",
    "offerings-0-source": "https://www.acme.example/pricing",
}


def test_vendor_model_prices_and_source_are_entered_on_one_page(manager):
    model = new_model(manager, name="Acme One", vendors=["Acme"], **ROW, _publish="yes")
    assert (model.state, model.existence) == ("published", "verified")
    vendor, offering = Vendor.objects.get(), Offering.objects.get()
    assert (vendor.name, vendor.state, list(model.vendors.all())) == ("Acme", "draft", [vendor])
    assert (offering.provider.name, offering.provider.state, offering.api_id) == ("Acme Cloud", "draft", "acme-1")
    assert dict(offering.prices.values_list("meter", "amount")) == {"input": Decimal("1.25"), "output": Decimal(10)}
    evidence = Evidence.objects.all()
    assert {row.price.meter for row in evidence} == {"input", "output"}
    assert {(row.source.url, row.is_checked) for row in evidence} == {(ROW["offerings-0-source"], True)}
    assert {change.record for change in FieldChange.objects.all()} >= {vendor, offering, offering.provider, model}
    page = manager.get(change_url(model)).text
    assert "so “Verification” was set to Verified" in page
    assert "Readers do not see these drafts yet" in page
    assert 'value="1.25"' in page


def test_a_new_model_without_a_source_is_an_unverified_draft(manager):
    model = new_model(manager, name="Acme One", _save="yes")
    assert (model.state, model.existence) == ("draft", "unverified")
    page = manager.post(change_url(model), form_of(manager, model) | {"_publish": "yes"}).text
    assert '<a href="#id_notice_error">Notice</a>: In the notice, say where the name was found' in page
    assert "state--draft" in page
    assert "state--published" not in page
    assert 'name="_publish"' in page
    assert "View draft" in page


def test_names_of_vendors_and_providers_on_record_are_not_added_again(manager):
    vendor, provider = factories.vendor(name="Acme"), factories.provider(name="Acme Cloud")
    model = new_model(manager, name="Acme One", vendors=["acme"], **ROW)
    assert list(model.vendors.all()) == [vendor]
    assert Offering.objects.get().provider == provider


def test_a_form_with_an_error_keeps_the_new_names_and_adds_nothing(manager):
    url = reverse("admin:catalog_aimodel_add")
    sent = values_of(manager.get(url).content, "aimodel_form") | {"vendors": ["Acme"], **ROW, "released_on": "soon"}
    page = manager.post(url, {name: value for name, value in sent.items() if "__prefix__" not in name}).text
    assert '<option value="Acme" selected>Acme (new)</option>' in page
    assert '<option value="Acme Cloud" selected>Acme Cloud (new)</option>' in page
    assert not Vendor.objects.exists()


def test_a_changed_price_is_a_new_row_and_the_same_day_corrects_it(manager):
    price = factories.price(amount="2", valid_from="2025-01-01")
    model, url = price.offering.model, change_url(price.offering.model)
    sent = form_of(manager, model) | {"offerings-0-input_price": "3", "offerings-0-since": "1 Feb 2026"}
    manager.post(url, sent)
    rows = Price.objects.order_by("valid_from").values_list("valid_from", "amount")
    assert list(rows) == [("2025-01-01", 2), ("2026-02-01", 3)]
    manager.post(url, form_of(manager, model) | {"offerings-0-input_price": "4", "offerings-0-since": "2026-02-01"})
    assert list(rows.all())[1] == ("2026-02-01", 4)
    manager.post(url, form_of(manager, model) | {"offerings-0-input_price": "", "offerings-0-since": "2026-03"})
    assert Price.objects.get(valid_from="2026-03").is_withdrawn
    assert [change.part for change in FieldChange.objects.of(Offering, [price.offering.pk])] == ["price"] * 3


def test_a_link_pasted_beside_a_fact_is_its_source(manager):
    vendor = factories.vendor(website="https://acme.example/")
    model = factories.model(vendors=[vendor], context_tokens=1000)
    doubted = factories.evidence(model=model, fact="context_tokens", confidence="third_party")
    link = "https://docs.acme.example/models"
    sent = form_of(manager, model)
    assert sent["source_context_tokens"] == [doubted.source.url]
    manager.post(change_url(model), sent | {"source_context_tokens": link, "read_context_tokens": "2026-11-20"})
    row = Evidence.objects.get()
    assert (row.source.url, row.source.read_on, row.confidence) == (link, date(2026, 11, 20), "vendor")
    sent = form_of(manager, model)
    manager.post(change_url(model), sent)
    assert Evidence.objects.get() == row
    manager.post(change_url(model), sent | {"source_context_tokens": ""})
    assert not Evidence.objects.exists()

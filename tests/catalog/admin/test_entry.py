"""How values are entered: dates in one format, facts by their names, drafts first."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import AIModel, Evidence, Offering, Price, Vendor
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


def test_after_a_wrong_file_the_page_says_which_format_is_needed_and_keeps_its_fields(manager):
    file = SimpleUploadedFile("models.json", b'{"models": {}}')
    page = manager.post(reverse("admin:catalog_aimodel_import"), {"import_file": file, "format": "0", "resource": ""})
    assert "This is JSON; CSV is needed." in page.text
    assert "context_tokens" in page.text

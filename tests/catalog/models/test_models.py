from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from catalog.documents import read
from catalog.models import AIModel, Evidence, LifecycleEvent, Price, Vendor
from publishing.content.publishable import State
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@contextmanager
def refused(constraint: str):
    """Assert that the database rejects the write inside because of the constraint of that name."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


def test_records_are_public_as_soon_as_they_are_written():
    for make in (factories.model, factories.family, factories.provider, factories.vendor, factories.modality):
        assert make().is_public


def test_every_model_has_a_public_id_of_its_own():
    assert factories.model().public_id != factories.model().public_id


@pytest.mark.parametrize("field", ["context_tokens", "max_input_tokens", "max_output_tokens", "parameters"])
def test_zero_is_no_way_to_say_unknown(field):
    with refused(f"catalog_aimodel_{field}"):
        factories.model(**{field: 0})


def test_a_published_unverified_model_needs_a_notice():
    with refused("unverified_has_notice"):
        factories.unverified(notice="")
    factories.unverified(notice="", state=State.DRAFT)


@pytest.mark.parametrize("field", ["kind", "openness", "existence"])
def test_a_word_that_is_not_in_the_list_is_refused(field):
    with refused(f"{field}_is_known"):
        factories.model(**{field: "nonsense"})


def test_a_model_cannot_replace_itself():
    model = factories.model()
    with refused("not_its_own_successor"):
        AIModel.objects.filter(pk=model.pk).update(replaced_by=model)


def test_aliases_are_unique_whatever_the_case():
    factories.alias(text="GPT-4o")
    with refused("alias_text_any_case|UNIQUE"):
        factories.alias(text="gpt-4O")


def test_ids_of_a_provider_differ_by_case():
    provider = factories.provider()
    factories.offering(provider=provider, api_id="llama-3.3")
    factories.offering(provider=provider, api_id="Llama-3.3")
    factories.offering(api_id="llama-3.3")


def test_a_provider_has_an_id_once():
    one = factories.offering()
    with refused("catalog_offering_id_once|UNIQUE"):
        factories.offering(provider=one.provider, api_id=one.api_id)


def test_a_price_has_an_amount_or_is_withdrawn():
    offering = factories.offering()
    factories.price(offering=offering, amount=Decimal(0))
    factories.price(offering=offering, amount=None, is_withdrawn=True, valid_from="2026")
    for wrong in ({"amount": None}, {"amount": Decimal(-1)}, {"amount": Decimal(1), "is_withdrawn": True}):
        with refused("has_amount_or_is_withdrawn"):
            factories.price(offering=offering, valid_from="2027", **wrong)


def test_a_price_is_given_once_for_a_date():
    price = factories.price(valid_from="2026-01-01")
    factories.price(offering=price.offering, valid_from="2026-01-01", conditions="batch")
    with refused("catalog_price_once_a_date|UNIQUE"):
        factories.price(offering=price.offering, valid_from="2026-01-01")


@time_machine.travel("2026-11-24 23:59", tick=False)
def test_a_price_has_a_date_and_it_is_that_of_today_if_none_is_given():
    assert Price.objects.create(offering=factories.offering(), meter="input", amount=1).valid_from == "2026-11-24"
    with refused("catalog_price_valid_from_is_filled"):
        factories.price(valid_from="")


def test_a_currency_is_a_code_of_three_letters():
    with refused("currency_is_a_code"):
        factories.price(currency="usd")


@pytest.mark.parametrize("amount", ["0.000000001", "600", "999999.123456789"])
def test_amounts_keep_their_digits(amount):
    price = factories.price(amount=Decimal(amount))
    price.refresh_from_db()
    assert price.amount == Decimal(amount)


def test_an_event_belongs_to_a_model_or_an_offering():
    offering = factories.offering()
    for wrong in ({}, {"model": offering.model, "offering": offering}):
        with refused("has_one_subject"):
            LifecycleEvent.objects.create(kind="released", date="2026", **wrong)


def test_an_event_has_a_date():
    with refused("date_is_filled"):
        factories.event(date="")


def test_evidence_belongs_to_one_record():
    source, price = factories.source(), factories.price()
    for wrong in ({}, {"price": price, "offering": price.offering}):
        with refused("has_one_subject"):
            Evidence.objects.create(source=source, **wrong)


def test_a_source_is_given_once_for_a_fact():
    model, source = factories.model(), factories.source()
    factories.evidence(model=model, source=source, fact="licence")
    factories.evidence(model=model, source=source, fact="openness")
    with refused("evidence_once_for_model|UNIQUE"):
        factories.evidence(model=model, source=source, fact="licence")


def test_a_source_that_is_cited_cannot_be_deleted():
    cited = factories.evidence(model=factories.model()).source
    with pytest.raises(ProtectedError):
        cited.delete()


def test_the_record_stays_when_a_reviewer_or_successor_goes():
    person = User.objects.create_user("reviewer")
    model = factories.model(reviewed_by=person, reviewed_on=date(2026, 1, 1), replaced_by=factories.model())
    person.delete()
    model.replaced_by.delete()
    model.refresh_from_db()
    assert (model.reviewed_by, model.replaced_by) == (None, None)


def test_tags_of_one_kind_do_not_mix_with_another():
    text, image = factories.modality(name="Text"), factories.modality(name="Image")
    model = factories.model(input_modalities=[text], output_modalities=[image])
    assert [list(model.input_modalities.all()), list(model.output_modalities.all())] == [[text], [image]]
    assert list(AIModel.objects.filter(output_links__tag=image)) == [model]


def test_a_vendor_typed_in_another_case_is_the_same_vendor():
    openai = factories.vendor(name="OpenAI")
    model = factories.model()
    model.vendors.add("openai")
    assert list(model.vendors.all()) == [openai]
    assert Vendor.objects.count() == 1


def test_readers_get_only_what_is_public_beside_a_model():
    hidden = {"state": State.DRAFT}
    shown = factories.vendor()
    factories.model(
        vendors=[shown, factories.vendor(**hidden)],
        input_modalities=[factories.modality(**hidden)],
        family=factories.family(**hidden),
        replaced_by=factories.model(**hidden),
    )
    (document,) = read.documents("model", [AIModel.objects.published().get().pk]).values()
    assert [vendor["name"] for vendor in document["vendors"]] == [shown.name]
    assert (document["input_modalities"], document["family"], document["replaced_by"]) == ([], None, None)


def test_prices_of_one_meter_differ_by_context_and_service_level():
    price = factories.price()
    factories.price(offering=price.offering, above_tokens=200_000)
    factories.price(offering=price.offering, service_level="batch")
    with refused("catalog_price_once_a_date|UNIQUE"):
        factories.price(offering=price.offering, service_level="batch")


def test_conditions_of_a_price_are_written_out():
    price = factories.price(above_tokens=200_000, service_level="batch", conditions="1080p")
    assert price.conditions_in_words == "above 200,000 tokens, batch, 1080p"
    assert factories.price().conditions_in_words == ""


def test_a_result_and_weights_are_on_record_once():
    result = factories.benchmark(variant="high")
    factories.benchmark(model=result.model, name=result.name, variant="low")
    with refused("catalog_benchmark_once|UNIQUE"):
        factories.benchmark(model=result.model, name=result.name, variant="high", score=Decimal(1))
    weights = factories.weights()
    with refused("catalog_weights_once|UNIQUE"):
        factories.weights(model=weights.model, url=weights.url)


@pytest.mark.parametrize("address", ["https://api.example.com/v1", "http://127.0.0.1:1234/v1", "${HOST}/v1"])
def test_the_address_of_an_api_may_hold_a_placeholder(address):
    factories.provider(api_base=address).full_clean()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.com", "https://a b"])
def test_other_addresses_of_an_api_are_refused(address):
    with refused("api_base_is_an_address"):
        factories.provider(api_base=address)


def test_dates_of_an_offering_are_partial():
    factories.offering(released_on="2025-08")
    with pytest.raises(ValidationError):
        factories.offering(released_on="2025-02-31")


def test_there_is_one_source_for_a_feed():
    factories.source(feed="models_dev")
    factories.source()
    factories.source()
    with refused("source_once_for_a_feed|UNIQUE"):
        factories.source(feed="models_dev")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        *(
            (factories.model, name)
            for name in ("context_tokens", "max_input_tokens", "max_output_tokens", "parameters")
        ),
        *((factories.offering, name) for name in ("context_tokens", "max_input_tokens", "max_output_tokens")),
        *((factories.offering, "retention_days"), (factories.price, "above_tokens"), (factories.price, "per_quantity")),
    ],
)
def test_a_number_that_not_every_json_reader_can_hold_is_refused(make, field):
    record = make()
    setattr(record, field, 2**53)
    with pytest.raises(ValidationError) as error:
        record.full_clean()
    assert field in error.value.message_dict

"""The stored rows follow every write, and are only written if they changed."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from catalog.documents import read
from catalog.documents.sync.stamping import stamp
from catalog.documents.sync.triggers import mark_all_documents
from catalog.models import (
    AIModel,
    FeedMark,
    LifecycleEvent,
    ModelSummary,
    Offering,
    OfferingPeriod,
    Price,
    Provider,
    Vendor,
)
from catalog.models.feed import FEED
from catalog.models.summaries import SUMMARIES
from ops.db.write_watcher import parse
from publishing.content.publishable import State
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TABLES = {model._meta.db_table for model in SUMMARIES}


@pytest.fixture
def filled():
    models = [factories.whole_model() for _ in WRITES]
    stamp()
    return models


def stored() -> dict[str, list]:
    return {
        model.__name__: sorted(
            repr(sorted((name, value) for name, value in row.items() if name != "id")) for row in model.objects.values()
        )
        for model in SUMMARIES
    }


def derived_anew() -> dict[str, list]:
    for model in SUMMARIES:
        model.objects.all().delete()
    mark_all_documents()
    stamp()
    return stored()


def hide(model):
    AIModel.objects.filter(pk=model.pk).update(state=State.DRAFT)


def change_columns(model):
    AIModel.objects.filter(pk=model.pk).update(kind="video", reasoning=True, checked_on="2026-01-01", context_tokens=7)


def add_events(model):
    LifecycleEvent.objects.create(model=model, kind="retired", date="2027-03")
    LifecycleEvent.objects.create(offering=model.offerings.first(), kind="deprecated", date="2026-03-01")


def change_prices(model):
    Price.objects.filter(offering__model=model).update(amount=F("amount") + 1)
    Price.objects.create(offering=model.offerings.first(), meter="input", amount=9, valid_from="2027")


def move_offerings(model):
    Offering.objects.filter(model=model).update(model=AIModel.objects.exclude(pk=model.pk).first())


def part_offerings_from_their_model(model):
    Offering.objects.filter(model=model).update(model=None)


def delete_an_offering(model):
    model.offerings.first().delete()


def hide_a_provider(model):
    Provider.objects.filter(offerings__model=model).update(state=State.DRAFT)


def rename_a_vendor(model):
    Vendor.objects.filter(model_links__content_object=model).update(name="Another")


def doubt_an_event(model):
    factories.evidence(event=model.events.first(), confidence="disputed")


def delete_it(model):
    model.offerings.all().delete()
    model.delete()


WRITES = [
    *(hide, change_columns, add_events, change_prices, move_offerings, part_offerings_from_their_model),
    *(delete_an_offering, hide_a_provider, rename_a_vendor, doubt_an_event, delete_it),
]


def test_rows_follow_every_write(filled):
    for model, write in zip(filled, WRITES, strict=True):
        before = stored()
        write(model)
        read.stamp_pending_changes()
        after = stored()
        assert after != before, write
        assert after == derived_anew(), write


def test_rows_follow_where_a_transaction_holds_few_records(filled, monkeypatch):
    for model, write in zip(filled, WRITES, strict=True):
        write(model)
    monkeypatch.setattr("catalog.documents.sync.stamping.AT_ONCE", {connection.vendor: 2})
    run = stamp()
    assert run.is_done
    assert not FeedMark.objects.exists()
    assert stored() == derived_anew()


def test_nothing_is_written_where_nothing_has_changed(filled):
    mark_all_documents()
    filled[0].save()
    with CaptureQueriesContext(connection) as captured:
        assert stamp().numbers == 0
    writes = filter(None, (parse(query["sql"]) for query in captured))
    assert [write.sql for write in writes if write.table is None or write.table in TABLES] == []


def test_rows_of_what_was_deleted_before_a_restore_go(filled):
    for model in FEED:  # which is not in backups
        model.objects.all().delete()
    delete_it(filled[0])
    FeedMark.objects.all().delete()
    stamp()
    assert not ModelSummary.objects.filter(pk=filled[0].pk).exists()
    assert stored() == derived_anew()


def test_a_draft_provider_is_the_reference_provider_of_no_document():
    provider = factories.provider(kind="vendor", state=State.DRAFT)
    vendor = factories.vendor(reference_provider=provider)
    model, family = factories.model(vendors=[vendor]), factories.family(vendor=vendor)
    for is_public, expected in ((False, None), (True, str(provider.pk))):
        provider.state = State.PUBLISHED if is_public else State.DRAFT
        provider.save()
        [of_model] = read.documents("model", [model.pk])[model.pk]["vendors"]
        of_family = read.documents("family", [family.pk])[family.pk]["vendor"]
        own = read.documents("vendor", [vendor.pk])[vendor.pk]["reference_provider"]
        assert (of_model["reference_provider"], of_family["reference_provider"]) == (expected, expected)
        assert (own and own["id"]) == expected


def test_a_draft_can_be_read_as_if_it_were_public():
    draft = factories.model(state=State.DRAFT)
    offered = factories.offering(model=draft)
    assert read.documents("model", [draft.pk]).get(draft.pk) is None
    as_if_public = [(AIModel, draft.pk)]
    assert read.drafts("model", [draft.pk], as_if_public)[draft.pk]["name"] == draft.name
    assert read.drafts("offering", [offered.pk], as_if_public)[offered.pk]["model"]["slug"] == draft.slug
    AIModel.objects.update(state=State.PUBLISHED)
    assert read.documents("model", [draft.pk]).get(draft.pk) == read.drafts("model", [draft.pk])[draft.pk]
    assert read.model_and_offerings(draft.pk)[1] == read.drafts("offering", [offered.pk])


def test_lists_of_a_day_can_be_filtered_and_sorted_by_status_and_price():
    for amount in (3, 1, 2):
        model = factories.model(name=f"Costs {amount}")
        factories.event(model=model, date="2025-01-01")
        factories.price(offering=factories.at_reference(factories.offering(model=model)), amount=amount)
    factories.event(model=model, kind="retired", date="2026-02-01")
    found = (
        read.models_on(date(2026, 1, 31)).exclude(status="unknown").filter(input_price__gte=2).order_by("-input_price")
    )
    assert [model.name for model in found] == ["Costs 3", "Costs 2"]
    assert read.models_on(date(2026, 2, 1)).filter(status="available").count() == 2
    row = OfferingPeriod.objects.filter(**read.on_day(date(2026, 2, 1))).order_by("-input_price").first()
    assert (row.input_price, row.prices[0]["amount"]) == (3, "3")

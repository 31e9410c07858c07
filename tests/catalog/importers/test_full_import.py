"""The real feeds, complete. All tests here share one import; each is rolled back to it."""

import pytest
from django.db import connection, transaction

from catalog.models import AIModel, Evidence, ImportedRecord, Offering, Price, Provider
from tests.catalog.feeds import real, stored, take_over, without_source

pytestmark = pytest.mark.database

AUTHORED = "models-dev/authored.json"


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker):
    data = real(AUTHORED)
    with django_db_blocker.unblock(), transaction.atomic():
        run = take_over(data)
        yield data, run
        transaction.set_rollback(True)
        connection.needs_rollback = True


@pytest.fixture
def imported(whole, django_db_blocker):
    with django_db_blocker.unblock():
        mark = transaction.savepoint_create()
        yield whole
        transaction.savepoint_rollback(mark)


def test_as_many_records_as_the_feed_has(imported):
    _, run = imported
    assert run.report == []
    created = ImportedRecord.objects.filter(is_created=True)
    assert {kind: created.filter(kind=kind).count() for kind in ("model", "provider", "offering")} == {
        "model": 231,
        "provider": 147,
        "offering": 5_276,
    }
    assert (AIModel.objects.count(), Provider.objects.count(), Offering.objects.count()) == (231, 147, 5_276)
    assert Price.objects.count() == 13_516


def test_what_is_stored_differs_in_none_of_5507_records(imported):
    data, _ = imported
    out = stored()
    assert out["models"] == data["models"]
    for key, provider in data["providers"].items():
        assert out["providers"][key] == provider, key
    assert out == without_source(data)


def test_no_price_is_unknown_and_zero_is_free(imported):
    without = Offering.objects.exclude(pk__in=Price.objects.values("offering")).count()
    assert without == 382
    free = Price.objects.filter(amount=0, meter="input", above_tokens=0).values("offering")
    both = Price.objects.filter(amount=0, meter="output", above_tokens=0, offering__in=free)
    assert both.count() == 432


def test_every_price_and_offering_has_evidence_that_nobody_checked(imported):
    assert not Price.objects.filter(evidence=None).exists()
    assert not Offering.objects.filter(evidence=None).exists()
    assert not Evidence.objects.filter(is_checked=True).exists()


def test_the_published_shape_changes_no_record(imported):
    run = take_over(real("models-dev/api.json"))
    assert run.counts["offering"] == {"same": 5_276}
    assert run.counts["provider"] == {"same": 147}


def test_litellm_beside_it_changes_nothing_of_what_is_stored(imported):
    data, _ = imported
    run = take_over(real("litellm/model_prices_and_context_window.json"))
    counts = run.counts["offering"]
    assert sum(counts.values()) == 4_877
    assert "broken" not in counts
    assert counts["changed"] + counts["new"] > 700
    assert ImportedRecord.objects.filter(feed="litellm").count() > 1_000
    assert stored() == without_source(data)

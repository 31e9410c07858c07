from datetime import date
from decimal import Decimal

import pytest

from catalog.documents.sync.stamping import stamp
from catalog.lifecycle.timeline import retirements_ahead
from catalog.news.recent import measured, recent_changes, record_counts
from catalog.rules.choices import Confidence
from tests.catalog import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


def recent(count=9):
    return [(change.name, change.label, change.period.written) for change in recent_changes(DAY, count)]


def test_what_happened_comes_newest_first_and_not_before_it_happened():
    model = factories.model(name="M")
    for kind, on in (
        ("released", "2025-01"),
        ("retired", "2026-11-24"),
        ("deprecated", "2026-05-01"),
        ("retired", "2026-11-25"),
        ("released", "2026"),
        ("renamed", "2026-01-01"),
    ):
        factories.event(model=model, kind=kind, date=on)
    factories.event(model=model, kind="retired", date="2026-02-01", bound="not_before")
    assert recent() == [
        ("M", "Last day", "2026-11-24"),
        ("M", "Deprecation announced", "2026-05-01"),
        ("M", "Released", "2025-01"),
    ]
    assert len(recent(2)) == 2


def test_providers_of_one_model_and_date_are_put_together():
    model = factories.model(name="M")
    for name in ("One", "Two"):
        offering = factories.offering(model=model, provider=factories.provider(name=name))
        factories.event(offering=offering, kind="retired", date="2026-06-30")
    [change] = recent_changes(DAY, 9)
    assert (change.url, change.places) == (model.get_absolute_url(), "One, Two")


def test_of_several_snapshots_at_one_provider_the_one_that_ends_is_named():
    model, provider = factories.model(name="M"), factories.provider(name="P")
    for api_id, on in (("m-2024-05-13", "2026-10-23"), ("m", "2027-01-14"), ("m-2024-08-06", "2027-01-14")):
        offering = factories.offering(model=model, provider=provider, api_id=api_id)
        factories.event(offering=offering, kind="retired", date=on)
    for amount, since in (("5", "2020"), ("4", "2026-03-01")):
        factories.price(offering=offering, amount=Decimal(amount), valid_from=since)
    assert [change.places for change in recent_changes(DAY, 9)] == ["P (m-2024-05-13)", "P (m-2024-08-06)"]
    assert [change.places for change in retirements_ahead(DAY)] == ["P (m), P (m-2024-08-06)"]


def test_a_provider_that_ends_all_of_its_snapshots_on_one_day_is_named_once():
    model, provider = factories.model(name="M"), factories.provider(name="P")
    for api_id in ("m", "m-2025-09-29"):
        offering = factories.offering(model=model, provider=provider, api_id=api_id)
        factories.event(offering=offering, kind="retired", date="2027-01-14")
    assert [change.places for change in retirements_ahead(DAY)] == ["P"]


def test_price_that_took_the_place_of_another_is_a_change():
    offering = factories.offering(model=factories.model(name="M"), provider=factories.provider(name="P"))
    for amount, since in (("5", "2020"), ("2.5", "2026-03-01"), ("2.5", "2026-04-01"), ("1", "2026-12-01")):
        factories.price(offering=offering, amount=Decimal(amount), valid_from=since)
    factories.price(offering=offering, meter="output", amount=Decimal("9"), valid_from="2026-02-01")
    [change] = recent_changes(DAY, 9)
    assert (change.label, change.places, change.period.written) == ("New price", "P", "2026-03-01")
    assert change.details == "Input: 2.50 USD per 1,000,000 tokens; before: 5.00 USD per 1,000,000 tokens"


def test_the_price_before_is_one_of_the_same_terms():
    offering = factories.offering(model=factories.model(name="M"), provider=factories.provider(name="P"))
    factories.price(offering=offering, amount=Decimal("2.5"))
    factories.price(offering=offering, amount=Decimal("5"), above_tokens=272_000)
    factories.price(offering=offering, amount=Decimal("1.25"), service_level="batch")
    factories.price(offering=offering, amount=Decimal("2"), valid_from="2026-11-01")
    [change] = recent_changes(DAY, 9)
    assert change.details == "Input: 2.00 USD per 1,000,000 tokens; before: 2.50 USD per 1,000,000 tokens"


@pytest.mark.parametrize("confidences", [["disputed"], ["vendor", "disputed"], ["unverified"]])
def test_what_is_in_doubt_is_not_told(confidences):
    event = factories.event(model=factories.model(), date="2026-01-01")
    for confidence in confidences:
        factories.evidence(event=event, confidence=confidence)
    assert recent() == []
    factories.evidence(event=factories.event(model=factories.model(name="Sure"), date="2026-01-01"))
    assert [name for name, *_ in recent()] == ["Sure"]


def test_nothing_of_a_model_that_readers_do_not_see():
    models = [
        factories.model(state="draft"),
        factories.unverified(),
        factories.model(deleted_at="2026-01-01T00:00Z"),
    ]
    for model in models:
        factories.event(model=model, date="2026-01-01")
        offering = factories.offering(model=model)
        factories.event(offering=offering, kind="retired", date="2027-01-01")
        factories.evidence(model=model, fact="licence")
        for amount, since in (("5", "2020"), ("2", "2026-03-01")):
            factories.evidence(price=factories.price(offering=offering, amount=Decimal(amount), valid_from=since))
    hidden = factories.offering(provider=factories.provider(state="draft"), model=factories.model())
    factories.event(offering=hidden, date="2026-01-01")
    assert recent() == []
    assert [*retirements_ahead(DAY)] == []
    assert record_counts() == {"models": 1, "checked": 0, "facts": 0}


def test_counts_are_of_facts_not_of_sources():
    model = factories.whole_model(checked_on=DAY)
    counts = record_counts()
    assert counts == {"models": 1, "checked": 0, "facts": 5}
    factories.evidence(model=model, fact="context_tokens")
    factories.evidence(model=model, fact="")
    factories.evidence(model=model, fact="licence", confidence=Confidence.UNVERIFIED)
    assert record_counts()["facts"] == 5
    factories.evidence(model=model, fact="licence")
    assert record_counts()["facts"] == 6


def test_lives_and_notices_are_medians_of_vendors_retirements_with_whole_dates():
    for name, released, announced, end in (
        ("A", "2025-01-01", "2025-11-01", "2026-01-01"),
        ("B", "2025-01-01", "2026-12-01", "2027-01-01"),
        ("C", "2025", "2026-01", "2026-02-01"),
        ("D", "2025-01-01", None, "2026-02"),
    ):
        model = factories.model(name=name, released_on=released)
        factories.event(model=model, kind="retired", date=end)
        if announced:
            factories.event(model=model, kind="deprecated", date=announced)
    # The end at one provider is not the vendor's.
    factories.event(offering=factories.offering(), kind="retired", date="2026-03-01")
    factories.event(model=factories.model(), kind="retired", date="2028-01-01", bound="not_before")
    stamp()
    found = measured()
    assert found["lives"] == {"days": 548, "cases": 2}
    assert found["notices"] == {"cases": 2, "shortest": 31, "longest": 61, "vendors": [("", 46)]}


def test_news_cost_the_same_however_much_there_is(django_assert_num_queries):
    for _ in range(20):
        factories.event(model=factories.model(), date="2026-01-01")
        factories.event(offering=factories.offering(), kind="retired", date="2027-01-01")
    stamp()
    with django_assert_num_queries(4):  # two of them ask whether all is stamped
        for change in [*recent_changes(DAY, 5), *retirements_ahead(DAY)[:5]]:
            assert change.name
            assert change.places is not None

"""What the database works out is what the rules in Python say."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from catalog.expressions import lowest_input_price, prices_on, status_on
from catalog.models import AIModel, LifecycleEvent, Offering, Price
from catalog.models.price import rows_on
from catalog.rules.choices import Listing, Meter, Unit
from catalog.rules.prices import lowest
from catalog.rules.status import Bound, EventKind, Status
from publishing.models import State
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAYS = [date(2026, 2, 27), date(2026, 2, 28), date(2026, 4, 30), date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 1)]
DATES = ["2025", "2026", "2027", "2026-01", "2026-02", "2026-04", "2026-07", "2026-12", "2027-01"]
DATES += [
    "2026-02-27",
    "2026-02-28",
    "2026-03-01",
    "2026-04-30",
    "2026-05-01",
    "2026-07-01",
    "2026-12-31",
    "2027-01-01",
]
CHECKED = [None, date(2026, 2, 27), date(2026, 4, 30), date(2026, 7, 1), date(2026, 12, 31)]


def random_events(dice, **subject) -> list[LifecycleEvent]:
    return [
        LifecycleEvent(
            kind=dice.choice(EventKind.values),
            date=dice.choice(DATES),
            bound=dice.choices(Bound.values, [4, 1])[0],
            **subject,
        )
        for _ in range(dice.choice([0, 1, 1, 2, 2, 3, 4, 6]))
    ]


def test_the_status_of_models_in_the_database_is_that_of_the_rule():
    dice = random.Random(1)
    models = AIModel.objects.bulk_create(
        AIModel(name=f"Model {number}", checked_on=dice.choice(CHECKED)) for number in range(600)
    )
    LifecycleEvent.objects.bulk_create(event for model in models for event in random_events(dice, model=model))
    seen = set()
    for day in DAYS:
        for model in AIModel.objects.with_events().annotate(found=status_on(day, "model")):
            events = [(event.kind, event.date, event.bound) for event in model.events.all()]
            assert model.found == model.status_on(day), (day, model.checked_on, events)
            seen.add(model.found)
    assert seen == set(Status.values)


def test_the_status_of_offerings_in_the_database_is_that_of_the_rule():
    dice = random.Random(2)
    provider, model = factories.provider(), factories.model()
    offerings = Offering.objects.bulk_create(
        Offering(
            provider=provider,
            model=model,
            api_id=f"id-{number}",
            listing=dice.choice(["", *Listing.values]),
            checked_on=dice.choice(CHECKED),
        )
        for number in range(600)
    )
    LifecycleEvent.objects.bulk_create(
        event for offering in offerings for event in random_events(dice, offering=offering)
    )
    seen = set()
    for day in DAYS:
        for offering in Offering.objects.prefetch_related("events").annotate(found=status_on(day, "offering")):
            events = [(event.kind, event.date, event.bound) for event in offering.events.all()]
            assert offering.found == offering.status_on(day), (day, offering.listing, offering.checked_on, events)
            seen.add(offering.found)
    assert seen == set(Status.values)


def random_prices(dice, offering) -> list[Price]:
    keys = {}
    for _ in range(dice.choice([0, 1, 2, 3, 5, 8])):
        price = Price(
            offering=offering,
            meter=dice.choices([Meter.INPUT, Meter.OUTPUT], [4, 1])[0],
            above_tokens=dice.choices([0, 200_000], [5, 1])[0],
            service_level=dice.choices(["", "batch"], [5, 1])[0],
            conditions=dice.choices(["", "short"], [5, 1])[0],
            valid_from=dice.choice(["", *DATES]),
            is_withdrawn=dice.random() < 0.2,
            currency=dice.choices(["USD", "EUR"], [5, 1])[0],
            unit=dice.choices([Unit.TOKEN, Unit.CHARACTER], [5, 1])[0],
            per_quantity=dice.choice([1, 1_000, 1_000_000, 3_000_000]),
        )
        price.amount = None if price.is_withdrawn else Decimal(dice.choice(["0", "1", "2.5", "0.15"]))
        keys[price.key, price.valid_from] = price
    return list(keys.values())


def lowest_by_the_rule(day, offerings) -> Decimal | None:
    """The lowest of the ordinary prices of text that hold, per million tokens, where service has not ended."""
    found = [
        price.amount * 1_000_000 / price.per_quantity
        for offering in offerings
        if offering.status_on(day) != Status.RETIRED and offering.provider.is_public
        for price in rows_on(day, offering.prices.all())
        if (price.meter, price.unit, price.currency) == (Meter.INPUT, Unit.TOKEN, "USD")
        and not price.conditions_in_words
    ]
    return lowest(found)


def test_prices_in_the_database_are_those_of_the_rule():
    dice = random.Random(3)
    providers = [factories.provider(), factories.provider(), factories.provider(state=State.DRAFT)]
    models = AIModel.objects.bulk_create(AIModel(name=f"Model {number}") for number in range(300))
    offerings = Offering.objects.bulk_create(
        Offering(
            provider=provider,
            model=model,
            api_id=f"id-{model.pk}",
            listing=dice.choice(["", Listing.REMOVED, "listed"]),
        )
        for model in models
        for provider in providers
        if dice.random() < 0.6
    )
    Price.objects.bulk_create(price for offering in offerings for price in random_prices(dice, offering))
    free = unknown = 0
    for day in DAYS:
        holding = {price.pk for price in prices_on(day).filter(is_withdrawn=False)}
        expected = set()
        models = AIModel.objects.prefetch_related("offerings__prices", "offerings__events", "offerings__provider")
        for model in models.annotate(lowest=lowest_input_price(day)):
            expected_price = lowest_by_the_rule(day, model.offerings.all())
            assert (model.lowest is None) == (expected_price is None), (day, model.lowest, expected_price)
            assert expected_price is None or model.lowest == pytest.approx(float(expected_price)), day
            free += expected_price == 0
            unknown += expected_price is None
            for offering in model.offerings.all():
                expected |= {price.pk for price in rows_on(day, offering.prices.all())}
        assert holding == expected
    assert free
    assert unknown


def test_a_day_at_the_end_of_each_month_counts_as_its_end():
    model = factories.model()
    factories.event(model=model, kind="retired", date="2024-02")
    for day in (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)):
        found = AIModel.objects.annotate(found=status_on(day, "model")).get(pk=model.pk)
        assert found.found == found.status_on(day)
    assert date(2024, 2, 29) + timedelta(days=1) == date(2024, 3, 1)


def test_postgresql_does_not_compile_queries():
    if connection.vendor == "sqlite":
        assert "options" not in connection.settings_dict["OPTIONS"]  # which SQLite would not know
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)

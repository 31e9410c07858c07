"""Stored periods agree with the rules on every day."""

import random
from datetime import date
from decimal import Decimal

import pytest

from catalog.documents import read
from catalog.models import AIModel, LifecycleEvent, ModelVendor, Offering, OfferingPeriod, Price
from catalog.models.offering import rows_on
from catalog.rules.choices import Listing, Meter, Unit
from catalog.rules.status import Bound, EventKind, Status
from publishing.content.publishable import State
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


def offered_on(day: date, column: str) -> dict:
    return dict(OfferingPeriod.objects.filter(**read.on_day(day)).values_list("offering", column))


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


def test_the_stored_status_of_models_is_that_of_the_rule():
    dice = random.Random(1)
    models = AIModel.objects.bulk_create(
        AIModel(name=f"Model {number}", checked_on=dice.choice(CHECKED)) for number in range(300)
    )
    LifecycleEvent.objects.bulk_create(event for model in models for event in random_events(dice, model=model))
    seen = set()
    for day in DAYS:
        stored = dict(read.models_on(day).values_list("pk", "status"))
        for model in AIModel.objects.prefetch_related("events"):
            events = [(event.kind, event.date, event.bound) for event in model.events.all()]
            assert stored[model.pk] == factories.status_of_model(model, day), (day, model.checked_on, events)
        seen |= {*stored.values()}
    assert seen == set(Status.values)


def test_the_stored_status_of_offerings_is_that_of_the_rule():
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
        for number in range(300)
    )
    LifecycleEvent.objects.bulk_create(
        event for offering in offerings for event in random_events(dice, offering=offering)
    )
    seen = set()
    for day in DAYS:
        stored = offered_on(day, "status")
        for offering in Offering.objects.prefetch_related("events", "prices"):
            events = [(event.kind, event.date, event.bound) for event in offering.events.all()]
            assert stored[offering.pk] == factories.status_of(offering, day), (
                day,
                offering.listing,
                offering.checked_on,
                events,
            )
        seen |= {*stored.values()}
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
            valid_from=dice.choice(DATES),
            is_withdrawn=dice.random() < 0.2,
            currency=dice.choices(["USD", "EUR"], [5, 1])[0],
            unit=dice.choices([Unit.TOKEN, Unit.CHARACTER], [5, 1])[0],
            per_quantity=dice.choice([1, 1_000, 1_000_000, 3_000_000]),
        )
        price.amount = None if price.is_withdrawn else Decimal(dice.choice(["0", "1", "2.5", "0.15"]))
        keys[price.key, price.valid_from] = price
    return list(keys.values())


def price_by_the_rule(day, offerings, reference) -> Decimal | None:
    """Return the ordinary text price in force at the reference provider, per million tokens, if it still serves it."""
    found = [
        price.amount * 1_000_000 / price.per_quantity
        for offering in offerings
        if factories.status_of(offering, day) != Status.RETIRED and offering.provider == reference
        for price in rows_on(day, offering.prices.all())
        if (price.meter, price.unit, price.currency) == (Meter.INPUT, Unit.TOKEN, "USD")
        and not price.conditions_in_words
    ]
    return found[0] if found else None


def test_stored_prices_are_those_of_the_rule():
    dice = random.Random(3)
    providers = [factories.provider(), factories.provider(), factories.provider(state=State.DRAFT)]
    models = AIModel.objects.bulk_create(AIModel(name=f"Model {number}") for number in range(300))
    vendor = factories.vendor(reference_provider=providers[0])
    ModelVendor.objects.bulk_create(ModelVendor(content_object=model, tag=vendor) for model in models)
    offerings = Offering.objects.bulk_create(
        Offering(
            provider=provider,
            model=model,
            api_id=f"id{model.pk}",
            checked_on=date(2026, 1, 1),
            listing=dice.choice(["", Listing.REMOVED, "listed"]),
        )
        for model in models
        for provider in providers
        if dice.random() < 0.6
    )
    Price.objects.bulk_create(price for offering in offerings for price in random_prices(dice, offering))
    free = unknown = 0
    for day in DAYS:
        stored = dict(read.models_on(day).values_list("pk", "input_price"))
        holding = offered_on(day, "prices")
        models = AIModel.objects.prefetch_related("offerings__prices", "offerings__events", "offerings__provider")
        for model in models:
            price, expected = stored[model.pk], price_by_the_rule(day, model.offerings.all(), providers[0])
            assert (price is None) == (expected is None), (day, price, expected)
            assert expected is None or float(price) == pytest.approx(float(expected)), day
            free += expected == 0
            unknown += expected is None
            for offering in model.offerings.all():
                if offering.provider.is_public:
                    terms = [(price.meter, price.per_quantity) for price in rows_on(day, offering.prices.all())]
                    assert [(one["meter"], one["per_quantity"]) for one in holding[offering.pk]] == terms
    assert free
    assert unknown

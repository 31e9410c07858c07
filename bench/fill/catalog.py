"""Made-up models with their vendors, modalities, dates, providers, prices and sources, as unevenly spread as in the
real catalogue."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from bench.fill.plan import Plan, create
from catalog.documents.sync import stamping
from catalog.models import (
    AIModel,
    Evidence,
    Family,
    LifecycleEvent,
    Modality,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Price,
    Provider,
    Source,
    Vendor,
)
from catalog.rules.choices import Confidence, Existence, Listing, ModelKind, Openness
from catalog.rules.facts import FactKind, FactPlace, values_in
from catalog.rules.status import Bound
from publishing.search.entry import SearchEntry

AT_ONCE = 5_000
VENDORS, PROVIDERS = 60, 150
OF_A_FAMILY = 40  # consecutive models
MODALITIES = ("text", "image", "audio", "video", "pdf")
BIRDS = ("Falcon", "Heron", "Kestrel", "Osprey", "Plover", "Wren", "Siskin", "Dunlin")
CAPABILITIES = tuple(fact.name for fact in values_in(FactPlace.CSV, FactKind.YES_NO))
EVENTS = (
    (),
    ("released",),
    ("released",),
    ("released",),
    ("announced", "released"),
    ("preview",),
    ("released", "deprecated"),
    ("released", "deprecated", "retired"),
)
BEGUN = date(2021, 1, 1)
DAYS = 2_150  # from then to the end of 2026
READ_ON = date(2026, 11, 1)


def load(plan: Plan):
    if not plan.models:
        return
    makers = _few(plan, Vendor, "vendor", VENDORS)
    providers = _few(plan, Provider, "provider", PROVIDERS)
    modalities = _few(plan, Modality, "modality", len(MODALITIES), MODALITIES)
    source, _ = Source.objects.get_or_create(
        title="A made-up page", url="https://example.com/models", read_on=READ_ON, publisher="Nobody"
    )
    records = {"makers": makers, "providers": providers, "modalities": modalities, "source": source}
    for numbers in plan.batches(AIModel, "model", plan.models, AT_ONCE):
        _add(plan, numbers, **records)
    _finish(plan)


def _few(plan: Plan, model, kind: str, count: int, names=()) -> list:
    for numbers in plan.batches(model, kind, count, count):
        called = [f"{names[number]} (made up)" if names else f"{kind.capitalize()} {number + 1}" for number in numbers]
        model.objects.bulk_create(
            model(name=name, slug=plan.slug(kind, number)) for number, name in zip(numbers, called, strict=True)
        )
    return list(model.objects.filter(slug__startswith=f"load-{kind}-").order_by("slug"))


def _finish(plan: Plan):
    """Do the work that otherwise follows each save: update the search index and stamp the partner feed."""
    entries = SearchEntry.objects.filter(kind=AIModel._meta.label_lower).order_by("-source_id")
    last = entries.values_list("source_id", flat=True).first() or 0
    keys = AIModel.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
    while batch := list(keys.filter(pk__gt=last)[:AT_ONCE]):
        SearchEntry.objects.sync(AIModel, batch)
        last = batch[-1]
        plan.say(f"Search knows the models up to the one with the key {last:,}")
    # There is no other writer, so a transaction may be long: reading each model's many marks together is faster.
    with patch.dict(stamping.AT_ONCE, sqlite=100_000, postgresql=100_000):
        while not (run := stamping.stamp(seconds=10)).is_done and not run.is_busy:
            plan.say(f"{run.numbers:,} more records for partners")


def _add(plan: Plan, numbers, makers, providers, modalities, source):
    dice = [plan.dice("model", number) for number in numbers]
    families = _families(plan, numbers, makers)
    models = create(AIModel, [_model(plan, die, number, families) for die, number in zip(dice, numbers, strict=True)])
    pairs = list(zip(models, dice, strict=True))
    create(ModelVendor, [ModelVendor(content_object=model, tag=_often_first(die, makers)) for model, die in pairs])
    for through in (ModelInputModality, ModelOutputModality):
        create(
            through,
            [
                through(content_object=model, tag=tag)
                for model, die in pairs
                for tag in die.sample(
                    modalities[:3] if model.kind == ModelKind.LANGUAGE else modalities, die.choice([1, 1, 2])
                )
            ],
        )
    create(LifecycleEvent, [event for model, die in pairs for event in _events(model, die)])
    offerings = create(Offering, [offering for model, die in pairs for offering in _offerings(model, die, providers)])
    create(Price, [price for offering in offerings for price in _prices(plan, offering)])
    create(
        Evidence,
        [
            Evidence(model=model, source=source, fact="context_tokens", confidence=Confidence.THIRD_PARTY)
            for model, die in pairs
            if die.random() < 0.5
        ],
    )


def _families(plan: Plan, numbers, makers) -> dict[int, Family]:
    wanted = {number // OF_A_FAMILY for number in numbers}
    slugs = {plan.slug("family", number): number for number in wanted}
    there = {slugs[family.slug]: family for family in Family.objects.filter(slug__in=slugs)}
    Family.objects.bulk_create(
        Family(
            name=f"{BIRDS[number % len(BIRDS)]} {number}",
            slug=plan.slug("family", number),
            vendor=makers[number % len(makers)],
        )
        for number in sorted(wanted - there.keys())
    )
    return {slugs[family.slug]: family for family in Family.objects.filter(slug__in=slugs)}


def _model(plan: Plan, dice, number: int, families) -> AIModel:
    day = BEGUN + timedelta(days=dice.randrange(DAYS))
    is_unverified = dice.random() < 0.01
    first = datetime.combine(day, datetime.min.time(), tzinfo=UTC)
    return AIModel(
        public_id=uuid.UUID(int=dice.getrandbits(128), version=4),
        name=f"{dice.choice(BIRDS)} {plan.text(dice, 1).capitalize()} {dice.randrange(1, 9)}.{number}",
        slug=plan.slug("model", number),
        first_published_at=first,
        last_changed_at=first,
        family=families[number // OF_A_FAMILY] if dice.random() < 0.7 else None,
        kind=dice.choices(["", *ModelKind.values], weights=[10, 50, 12, 8, 8, 8, 4])[0],
        existence=Existence.UNVERIFIED if is_unverified else Existence.VERIFIED,
        notice="Made up, as all of it." if is_unverified else "",
        summary=f"{plan.text(dice, 12).capitalize()}.",
        released_on=day.isoformat()[: dice.choice([10, 10, 10, 7, 7, 4, 0])],
        context_tokens=dice.choice([None, 8_192, 32_768, 128_000, 200_000, 1_000_000]),
        max_output_tokens=dice.choice([None, None, 4_096, 64_000]),
        openness=dice.choice(["", "", *Openness.values]),
        licence=dice.choice(["", "Apache-2.0", "MIT"]),
        checked_on=READ_ON - timedelta(days=dice.randrange(300)) if dice.random() < 0.1 else None,
        **{name: dice.choice([None, True, False]) for name in CAPABILITIES},
    )


def _often_first(dice, records):
    """Return one of them, the first far more often than the last."""
    return records[int(len(records) * dice.random() ** 2.5)]


def _events(model: AIModel, dice) -> list[LifecycleEvent]:
    begun, events = model.released_on or "2024", []
    year = int(begun[:4])
    for kind in dice.choice(EVENTS):
        ends = kind in {"deprecated", "retired"}
        moment = date(year + dice.randrange(1, 5), dice.randrange(1, 13), dice.randrange(1, 28)) if ends else begun
        bound = Bound.NOT_BEFORE if kind == "retired" and dice.random() < 0.3 else Bound.EXACT
        events.append(LifecycleEvent(model=model, kind=kind, date=str(moment), bound=bound))
    return events


def _offerings(model: AIModel, dice, providers) -> list[Offering]:
    chosen = {_often_first(dice, providers) for _ in range(dice.choices([0, 1, 2, 5], weights=[40, 35, 17, 8])[0])}
    return [
        Offering(
            provider=provider,
            model=model,
            api_id=f"{model.slug.removeprefix('load-')}",
            listing=dice.choice([Listing.LISTED, Listing.LISTED, Listing.PREVIEW, Listing.REMOVED, ""]),
            checked_on=READ_ON,
        )
        for provider in sorted(chosen, key=lambda each: each.pk)
    ]


def _prices(plan: Plan, offering: Offering) -> list[Price]:
    dice = plan.dice(offering.provider.slug, int(offering.model.slug[-7:]))
    if dice.random() < 0.2:
        return []
    amount = Decimal(dice.randrange(0, 2_000)) / 100
    prices = [
        Price(offering=offering, meter=meter, amount=amount * times, valid_from="2020")
        for meter, times in (("input", 1), ("output", 4))
    ]
    if dice.random() < 0.2:
        prices.append(Price(offering=offering, meter="input", amount=amount / 2, valid_from="2026-06-01"))
    return prices

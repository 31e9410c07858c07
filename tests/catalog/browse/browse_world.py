"""Models of every sort, and the filters of lists written again in Python, to check the database's answers."""

import random
from datetime import date
from decimal import Decimal

from django.http import QueryDict

from catalog.documents import read
from catalog.documents.storing import with_plausible_releases
from catalog.documents.summaries import CAPABILITIES
from catalog.groups import CHOICES, LINKS
from catalog.models import (
    AIModel,
    Evidence,
    LifecycleEvent,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Price,
)
from catalog.rules.choices import Existence, ModelKind, Openness
from catalog.rules.facts import OPEN_WEIGHTS, effective
from catalog.rules.levels import is_checked_by_firm
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import Offer, own_offers, reference_offer
from catalog.rules.regions import region_of
from catalog.rules.status import LASTING, Status, model_status_on
from publishing.content.publishable import State
from tests.catalog import factories

DAY = date(2026, 11, 24)
DATES = ["", "2023", "2024-05", "2024-05-13", "2025", "2025-06-10", "2026-03", "2026-11-24"]
KINDS, OPENNESS, TRUTHS = ["", *ModelKind.values], ["", *Openness.values], [None, True, False]


def fill(count: int, seed: int = 7):
    """Create `count` models, some of them hidden, with all data that lists use."""
    dice = random.Random(seed)
    providers = [factories.provider(country=country) for country in ("France", "", "Japan")] + [
        factories.provider(state=State.DRAFT)
    ]
    vendors = [factories.vendor(reference_provider=provider) for provider in providers]
    vendors.append(factories.vendor(state=State.DRAFT))
    modalities = [factories.modality() for _ in range(3)]
    models = AIModel.objects.bulk_create(_model(dice, number) for number in range(count))
    for through, records in (
        (ModelVendor, vendors),
        (ModelInputModality, modalities),
        (ModelOutputModality, modalities),
    ):
        through.objects.bulk_create(
            through(content_object=model, tag=record)
            for model in models
            for record in dice.sample(records, dice.choice([0, 1, 1, 2]))
        )
    source = factories.source()
    Evidence.objects.bulk_create(
        Evidence(model=model, source=source, fact="kind", is_checked=True, checked_on=dice.choice([None, DAY, DAY]))
        for model in models
    )
    LifecycleEvent.objects.bulk_create(
        LifecycleEvent(model=model, kind=kind, date=dice.choice(DATES[1:]))
        for model in models
        for kind in dice.sample(
            ["announced", "preview", "released", "deprecated", "retired"], dice.choice([0, 1, 1, 2])
        )
    )
    offerings = Offering.objects.bulk_create(
        Offering(
            provider=provider,
            model=model,
            api_id=f"id{model.pk}",
            listing=dice.choice(["", "listed", "deprecated", "removed"]),
            checked_on=dice.choice([None, DAY, DAY]),
        )
        for model in models
        for provider in dice.sample(providers, dice.choice([0, 1, 1, 2]))
    )
    Price.objects.bulk_create(
        Price(
            offering=offering,
            meter="input",
            amount=Decimal(dice.choice(["0", "0.15", "3", "15"])),
            valid_from=offering.model.released_on or "2020",
        )
        for offering in offerings
        if dice.random() < 0.7
    )


def _model(dice, number: int) -> AIModel:
    existence = dice.choices(Existence.values, [8, 1, 1])[0]
    return AIModel(
        name=f"{dice.choice(['Alpha', 'Beta', 'Gamma'])} {number}",
        state=dice.choices([State.PUBLISHED, State.DRAFT], [9, 1])[0],
        existence=existence,
        notice="Named in an article." if existence == Existence.UNVERIFIED else "",
        kind=dice.choice(KINDS),
        openness=dice.choice(OPENNESS),
        released_on=dice.choice(DATES),
        context_tokens=dice.choice([None, 4_096, 128_000, 1_000_000]),
        checked_on=dice.choice([None, DAY, DAY]),
        **{name: dice.choice(TRUTHS) for name in CAPABILITIES},
    )


def facts(day: date = DAY) -> list[dict]:
    """Return the data that lists use of each public model, by the rules in Python."""
    models = AIModel.objects.published().prefetch_related("events")
    models = models.prefetch_related("offerings__provider", "offerings__prices", "offerings__events")
    models = models.prefetch_related("vendor_links__tag__reference_provider", "input_links__tag", "output_links__tag")
    models = list(models.prefetch_related("benchmarks"))
    keys = [offering.pk for model in models for offering in model.offerings.all()]
    offered = read.documents("offering", keys)
    documents = with_plausible_releases(read.documents("model", [model.pk for model in models]), offered)
    offers = {
        model.pk: [
            Offer.on(day, one.pk, offered[one.pk], effective(offered[one.pk], documents[model.pk]))
            for one in model.offerings.all()
            if one.pk in offered
        ]
        for model in models
    }
    return [_facts(model, day, offers[model.pk], documents[model.pk]) for model in models]


def _facts(model, day, offers, document) -> dict:
    offerings = [offering for offering in model.offerings.all() if offering.provider.is_public]
    is_unverified = model.is_unverified
    return {
        "pk": model.pk,
        "name": model.name,
        "show": {"unverified"}
        if is_unverified
        else {"all", "checked" if is_checked_by_firm(document["evidence"]) else "unchecked"},
        "vendor": _public_slugs(model.vendor_links),
        "input": _public_slugs(model.input_links),
        "output": _public_slugs(model.output_links),
        "provider": {offering.provider.slug for offering in offerings},
        "region": {region_of(offering.provider.country) for offering in offerings},
        "benchmark": {result.name.replace(" ", "_") for result in model.benchmarks.all()},
        "licence": {model.licence.replace(" ", "_")} - {""},
        "kind": {model.kind or "unknown"},
        "openness": {model.openness or "unknown"} | ({"any_open"} if OPEN_WEIGHTS.get(model.openness) else set()),
        "status": {
            str(
                model_status_on(
                    day,
                    document,
                    [one.status for one in own_offers(offers, document["vendors"])],
                    [one.status for one in offers],
                )
            )
        },
        "capability": {name for name in CAPABILITIES if getattr(model, name)},
        "context": model.context_tokens,
        "released": _period(document["released_on"]),
        "seen": [document["published_at"][:10]]
        + [price["valid_from"] for offer in offers for price in offer.document["prices"]],
        "regions": {offering.provider.slug: region_of(offering.provider.country) for offering in offerings},
        "offers": offers,
        "reference": reference_offer(offers, document["vendors"]),
    }


def _period(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None


def _public_slugs(links) -> set[str]:
    return {link.tag.slug for link in links.all() if link.tag.is_public}


def matches(fact: dict, asked: dict) -> bool:
    """Return whether a model matches the filters: `asked` has sets of values by group, and texts by ends of ranges."""
    for name in (*LINKS, *CHOICES):
        values = asked.get(name, {"all"} if name == "show" else set())
        if name == "status" and (offer := offer_shown(fact, asked)):
            if values and offer.status not in values:
                return False
            continue
        if name == "capability" and not values <= fact[name]:
            return False
        if name != "capability" and values and not values & fact[name]:
            return False
    return (
        _in_range(fact["context"], asked, "context", int)
        and _in_range(price_of(fact, asked), asked, "price", Decimal)
        and _is_released_in(fact["released"], fact["seen"], asked)
    )


def offer_shown(fact: dict, asked: dict) -> Offer | None:
    """Return the offer at the chosen providers or regions whose status and prices are shown, None without any.

    One that lasts comes before others, a retired one last, then one whose price counts, then the cheapest.
    """
    inside = {slug for slug, region in fact["regions"].items() if region in asked.get("region", ())}
    providers = asked.get("provider") or inside
    return min((offer for offer in fact["offers"] if offer.provider["slug"] in providers), key=_place, default=None)


def price_of(fact: dict, asked: dict) -> Decimal | None:
    """Return the input price of the offer at the chosen providers or regions, else of that at the reference."""
    is_elsewhere = bool({"provider", "region"} & asked.keys())
    offer = offer_shown(fact, asked) if is_elsewhere else fact["reference"]
    return offer.prices["input_price"] if offer and offer.counts else None


def _place(offer: Offer) -> tuple:
    entered, blended = offer.prices["input_price"], offer.prices["blended_price"]
    status = 0 if offer.status in LASTING else 2 if offer.status == Status.RETIRED else 1
    is_price = offer.document["checked_on"] is not None or not offer.is_free
    return status, not is_price, not blended, blended or 0, not entered, entered or 0, entered is None, offer.key


def _in_range(value, asked, name, read) -> bool:
    least, most = asked.get(f"{name}_min"), asked.get(f"{name}_max")
    if value is None:
        return not least and not most
    return (not least or value >= read(least)) and (not most or value <= read(most))


def _is_released_in(period, seen, asked) -> bool:
    since, until = _period(asked.get("released_from")), _period(asked.get("released_to"))
    if period is None:
        return not since and not until
    days = (PartialDate.parse(day).last_day for day in seen)
    last = min([period.last_day, *(day for day in days if day >= period.first_day)])
    return (not since or last >= since.first_day) and (not until or period.first_day <= until.last_day)


def random_question(dice, known: dict[str, list[str]]) -> dict:
    """Return random filters: some known values of some groups, and sometimes a range."""
    asked = {
        name: set(dice.sample(values, min(len(values), dice.choice([1, 1, 2]))))
        for name, values in known.items()
        if name != "show" and values and dice.random() < 0.22
    }
    asked["show"] = {dice.choice(list(CHOICES["show"].choices))}
    ranges = [
        {"context_min": "5000"},
        {"context_max": "128000"},
        {"price_max": "3"},
        {"price_min": "0.15", "price_max": "3.0"},
        {"released_from": "2024-05-20"},
        {"released_from": "2024", "released_to": "2025-06"},
    ]
    return asked | (dice.choice(ranges) if dice.random() < 0.4 else {})


def address(asked: dict) -> str:
    parameters = QueryDict(mutable=True)
    for name, value in asked.items():
        parameters.setlist(name, sorted(value) if isinstance(value, set) else [value])
    return parameters.urlencode()

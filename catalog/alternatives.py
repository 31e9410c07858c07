"""Models that may be used instead of another: those that last, and the closest of them."""

import math
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import FloatField, QuerySet
from django.db.models.functions import Cast

from catalog.browse.order import LATEST_FIRST
from catalog.documents import read
from catalog.groups import LISTED
from catalog.lifecycle.timeline import ENDS
from catalog.models import ModelSummary
from catalog.rules.choices import Existence
from catalog.rules.status import LASTING, Bound

UNLIKE = math.log(32)  # the distance if one of two values is unknown or 0: as large as a ratio of 32
# Prices are floats, which load faster: hundreds are compared, five are shown.
COMPARED = ("pk", "places", "context_tokens", Cast("periods__input_price", FloatField()))


def lasting(day: date, **conditions: object) -> QuerySet[ModelSummary]:
    """Return the models served on a day whose end is not announced, the latest first.

    `conditions` are further ones for periods.
    """
    ending = ENDS.filter(bound=Bound.EXACT, last_day__gt=day).values("model_id")
    periods = {**read.on_day(day), "status__in": LASTING, **conditions}
    models = ModelSummary.objects.filter(**{f"periods__{name}": value for name, value in periods.items()})
    return models.filter(show__in=LISTED).exclude(pk__in=ending).order_by(*LATEST_FIRST)


def nearest(key: int, facts: dict, input_price: Decimal | str | None, others: Iterable) -> list[int]:
    """Return the keys of `others` (COMPARED) that support all inputs and outputs, closest first."""
    inputs, outputs = facts["input_modalities"], facts["output_modalities"]
    if not (inputs and outputs) or facts["existence"] == Existence.UNVERIFIED:
        return []
    needed = [*(f" input:{tag['id']} " for tag in inputs), *(f" output:{tag['id']} " for tag in outputs)]
    own_price = None if input_price is None else float(input_price)
    distances = [
        (distance(context, facts["context_tokens"]) + distance(price, own_price), pk)
        for pk, places, context, price in others
        if pk != key and all(place in f" {places} " for place in needed)
    ]
    return [pk for _, pk in sorted(distances, key=lambda distance_and_key: distance_and_key[0])]


def distance(value: float | None, other: float | None) -> float:
    """Return the distance of two values as the logarithm of their ratio."""
    if value == other:
        return 0
    return abs(math.log(value / other)) if value and other else UNLIKE

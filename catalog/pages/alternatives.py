"""Alternatives to a model, for its page."""

import math
from datetime import date
from decimal import Decimal

from django.db.models import FloatField
from django.db.models.functions import Cast

from catalog.browse.order import LATEST_FIRST
from catalog.browse.rows import COLUMNS, ModelRow, model_row
from catalog.documents import read
from catalog.rules.choices import Existence
from catalog.rules.status import SERVED

LOOKED_AT = 300  # the latest of the same kind; a limit on the work, because older ones are rarely alternatives
MOST = 5
UNLIKE = math.log(32)  # the distance if one of two values is unknown or 0: as large as a ratio of 32
LISTED = ("checked", "unchecked")
# The price as a float, which loads faster: hundreds are compared, and five are shown.
COMPARED = ("pk", "places", "status", "context_tokens", Cast("input_price", FloatField()))


def alternatives_to(key: int, document: dict, input_price: Decimal | None, day: date) -> list[ModelRow]:
    """Return models of the same kind that are served on `day` and support all inputs and outputs of this one.

    The closest in context and price come first, then the latest. Returns none if kind or modalities are unknown. Two
    queries.
    """
    needed = {f"input:{one['id']}" for one in document["input_modalities"]}
    outputs = {f"output:{one['id']}" for one in document["output_modalities"]}
    if not (document["kind"] and needed and outputs) or document["existence"] == Existence.UNVERIFIED:
        return []
    needed |= outputs
    latest = read.models_on(day).filter(kind=document["kind"], show__in=LISTED)
    latest = latest.order_by(*LATEST_FIRST).values_list(*COMPARED)[: LOOKED_AT + 1]
    own_price = None if input_price is None else float(input_price)
    found = [
        (_apart(context, document["context_tokens"]) + _apart(price, own_price), pk)
        for pk, places, status, context, price in latest
        if pk != key and status in SERVED and needed.issubset(places.split())
    ]
    nearest = [pk for _, pk in sorted(found, key=lambda one: one[0])[:MOST]]
    rows = read.models_on(day).filter(pk__in=nearest).values_list("pk", *COLUMNS)
    alternatives = {pk: model_row(*values) for pk, *values in rows}
    return [alternatives[pk] for pk in nearest if pk in alternatives]


def _apart(one: float | None, other: float | None) -> float:
    """Return the distance of two values as the logarithm of their ratio."""
    if one == other:
        return 0
    return abs(math.log(one / other)) if one and other else UNLIKE

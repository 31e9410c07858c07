"""Models that a reader of a model's page might take in its place."""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.documents import read
from catalog.models import ModelSummary
from catalog.pages.rows import Named, named
from catalog.rules.choices import Existence
from catalog.rules.status import SERVED

LOOKED_AT = 300  # the latest of the same kind: older ones are seldom an alternative, and the work stays bounded
MOST = 5
UNLIKE = math.log(32)  # where one of two values is unknown, or nought: as far apart as thirty-two to one
LISTED = ("checked", "unchecked")
COLUMNS = ("pk", "places", "status", "context_tokens", "input_price")


@dataclass(frozen=True)
class Alternative:
    """`input_price` is USD per million tokens; None for unknown."""

    name: str
    slug: str
    url: str
    vendors: list[Named]
    context_tokens: int | None
    input_price: Decimal | None


def alternatives_to(key: int, document: dict, input_price: Decimal | None, day: date) -> list[Alternative]:
    """Return models of the same kind that are served on `day` and have all inputs and outputs of this one.

    Those nearest in context and price come first, then the latest. Two queries. Where kind or modalities are unknown
    nothing is known to be the same.
    """
    needed = {f"input:{one['id']}" for one in document["input_modalities"]}
    outputs = {f"output:{one['id']}" for one in document["output_modalities"]}
    if not (document["kind"] and needed and outputs) or document["existence"] == Existence.UNVERIFIED:
        return []
    needed |= outputs
    latest = read.models_on(day).filter(kind=document["kind"], show__in=LISTED).exclude(pk=key)
    latest = latest.order_by("-released_on", "name_key", "name", "pk").values_list(*COLUMNS)[:LOOKED_AT]
    found = [
        (_apart(context, document["context_tokens"]) + _apart(price, input_price), pk, price)
        for pk, places, status, context, price in latest
        if status in SERVED and needed <= {*places.split()}
    ]
    nearest = sorted(found, key=lambda one: one[0])[:MOST]
    rows = ModelSummary.objects.in_bulk([pk for _, pk, _ in nearest])
    return [_alternative(rows[pk], price) for _, pk, price in nearest if pk in rows]


def _alternative(summary: ModelSummary, input_price: Decimal | None) -> Alternative:
    vendors = [named("vendors", vendor) for vendor in summary.row["vendors"]]
    return Alternative(summary.name, summary.slug, summary.row["path"], vendors, summary.context_tokens, input_price)


def _apart(one, other) -> float:
    """How many times one value is the other, as a logarithm."""
    if one == other:
        return 0
    return abs(math.log(one / other)) if one and other else UNLIKE

"""What a reader of a model's page might take in its place."""

import math
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from catalog.expressions import exact, lowest_input_price, status_on
from catalog.models import AIModel, ModelInputModality, ModelOutputModality
from catalog.rules.status import SERVED

LOOKED_AT = 300  # the latest of the same kind: what is older is seldom an alternative, and the work stays bounded
MOST = 5
UNLIKE = math.log(32)  # where one of two values is unknown, or nought: as far apart as thirty-two to one


def alternatives_to(model: AIModel, input_price: Decimal | None, day: date) -> list[AIModel]:
    """Return models of the same kind that are served on `day` and take and give all that this one does.

    Those nearest in context and price come first, then the latest. Each has `input_price`, USD per million tokens, None
    where that is unknown. One query. Where kind or modalities are unknown nothing is known to be the same.
    """
    if not model.kind or model.is_unverified:
        return []
    latest = AIModel.objects.listed().filter(kind=model.kind).exclude(pk=model.pk).latest_release_first()
    found = (
        AIModel.objects.filter(pk__in=latest.values("pk")[:LOOKED_AT])
        .filter(_has_all(ModelInputModality, model), _has_all(ModelOutputModality, model))
        .annotate(status_today=status_on(day, "model"), lowest_price=lowest_input_price(day))
        .filter(status_today__in=SERVED)
        .only("name", "slug", "context_tokens", "released_on", "existence")
        .latest_release_first()
    )
    return nearest(found, model.context_tokens, input_price)


def nearest(candidates: QuerySet, context: int | None, price: Decimal | None) -> list[AIModel]:
    candidates = list(candidates)
    for other in candidates:
        other.input_price = exact(other.lowest_price)
    candidates.sort(key=lambda other: _apart(other.context_tokens, context) + _apart(other.input_price, price))
    return candidates[:MOST]


def _apart(one, other) -> float:
    """How many times one value is the other, as a logarithm."""
    if one == other:
        return 0
    return abs(math.log(one / other)) if one and other else UNLIKE


def _has_all(through, model: AIModel):
    own = through.objects.filter(content_object=model)
    theirs = through.objects.filter(content_object=OuterRef(OuterRef("pk")), tag=OuterRef("tag"))
    return Exists(own) & ~Exists(own.filter(~Exists(theirs)))

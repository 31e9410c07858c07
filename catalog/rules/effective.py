"""The values that hold at an offering. The rule is the docstring of `effective`."""

from catalog.rules.choices import Openness
from catalog.rules.facts import SHARED_FACTS, FactKind

NAMES = (*(fact.name for fact in SHARED_FACTS), "open_weights")
OPEN_WEIGHTS = {
    Openness.OPEN: True,
    Openness.RESTRICTED_WEIGHTS: True,
    Openness.WEIGHTS: True,
    Openness.API_ONLY: False,
    Openness.HOSTED_ONLY: False,
}


def effective(offering: dict, model: dict | None) -> dict:
    """Return the values of an offering by its document and that of its model, None for unknown.

    1. What the offering states itself holds.
    2. What it does not state (null) is as its model's document says, where `inherits` is true and `not_inherited`
       does not name it. `open_weights` follows from the model's `openness`.
    3. Otherwise it is unknown. Prices, status, regions and the data policy are never inherited.
    """
    return {name: effective_value(offering, model, name) for name in NAMES}


def effective_value(offering: dict, model: dict | None, name: str):
    """Return one of the values of `effective`."""
    value = offering[name]
    if value is None and model and offering["inherits"] and name not in offering["not_inherited"]:
        return _of_model(model, name)
    return value


def _of_model(model: dict, name: str):
    if name == "open_weights":
        return OPEN_WEIGHTS.get(model["openness"])
    if name in MODALITIES:
        return model[name] or None
    return model[name]


MODALITIES = {fact.name for fact in SHARED_FACTS if fact.kind is FactKind.RECORDS}

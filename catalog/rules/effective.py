"""The effective values of an offering. The rule is the docstring of `effective`."""

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

    1. A value that the offering states itself is used.
    2. A value that it does not state (null) is taken from the model's document if `inherits` is true and
       `not_inherited` does not name it. `open_weights` is derived from the model's `openness`.
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

"""The models in the address of a page, and the search for another one."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from catalog.browse.filters import Filters
from catalog.browse.order import closest_first
from catalog.browse.rows import ModelRow, current_models
from catalog.browse.suggestions import suggested_name
from catalog.models import AIModel
from catalog.rules.choices import Existence
from catalog.rules.grouping import grouped
from ops.http.urls import route
from publishing.api.filters import found_by_name, listed, rows_named

FOUND_AT_MOST = 6
LOOKED_AT, EXAMPLES, IN_EXAMPLE = 36, 3, 4
LEAST, MOST = 2, 6
MODELS = ("m", "models")  # the second, the name in the address of a check, leads to the first


class ChosenModel(NamedTuple):
    pk: int
    slug: str
    name: str
    existence: str

    def get_absolute_url(self) -> str:
        return AIModel.address_of(self.slug)


@dataclass(frozen=True)
class ModelSelection:
    """The models that can be compared in the order of the URL, those that cannot, and names without a model."""

    models: list[ChosenModel]
    unverified: list[ChosenModel]
    unknown: list[str]

    @classmethod
    def parse(cls, parameters: QueryDict) -> "ModelSelection":
        """Find the models by present or former slugs: one query, more for others. Raises BadRequest for too many."""
        texts = [text for name in MODELS for text in parameters.getlist(name) if text]
        names, models, unverified = listed(texts), [], []
        row_by_name = found_by_name(AIModel, names, "name", "existence")
        for row in dict.fromkeys(row_by_name[name] for name in names if name in row_by_name):
            model = ChosenModel(*row)
            (unverified if model.existence == Existence.UNVERIFIED else models).append(model)
        return cls(models, unverified, [name for name in names if name not in row_by_name])

    @property
    def is_comparable(self) -> bool:
        return LEAST <= len(self.models) <= MOST

    def pairs(self, but: ChosenModel | None = None) -> list[tuple[str, str]]:
        return [(MODELS[0], model.slug) for model in [*self.models, *self.unverified] if model != but]


def examples(page: str, current: list[ModelRow], pairs: list[tuple[str, str]]) -> list[tuple[str, list[ModelRow], str]]:
    """Return selections as label, models and address, those of the vendors of the newest models first.

    The models of different vendors are those of the newest that we read at their sources and that are nearest in price.
    """
    named = (model for model in current if model.vendor and "latest" not in model.name.lower())
    lines = grouped((model.vendor, model) for model in named if "Embedding" not in model.outputs)
    newest = [[model for model in models if float(model.input_price or 0)][:IN_EXAMPLE] for models in lines.values()]
    sets = {"Different vendors": [*min(product(*[*filter(None, newest)][:EXAMPLES]), key=_spread)]}
    sets |= {f"{vendor} models": models[:IN_EXAMPLE] for vendor, models in lines.items()}
    return [
        (label, models, route(page, query=[*((MODELS[0], model.slug) for model in models), *pairs]))
        for label, models in sets.items()
        if len(models) >= LEAST
    ][: 1 + EXAMPLES]


def _spread(models: Collection[ModelRow]) -> tuple[int, float]:
    """Return how many were not read at their sources, and how many times as much as the cheapest the dearest costs."""
    prices = [float(model.input_price) for model in models]
    return sum(not model.is_read for model in models), max(prices, default=1) / min(prices, default=1)


def picked(search: dict) -> list[ChosenModel]:
    """Return the models of the first example among search results. One query."""
    slugs = [model.slug for _, models, _ in search.get("examples", ())[:1] for model in models]
    return [ChosenModel(*row) for row in rows_named(AIModel, slugs, "name", "existence")] if slugs else []


def found_models(page: str, sought: str, choice: ModelSelection, pairs: list[tuple[str, str]]) -> dict:
    """Return the search results for a model to add to the page of this name, or a similar name; 3 to 5 queries.

    `pairs` are its other parameters. Without a search, the current models are found if none is chosen.
    """
    if not sought:
        current = [] if choice.models else current_models(LOOKED_AT)
        return {"sought": "", "found": current, "examples": examples(page, current, pairs)}
    filters = Filters.parse(QueryDict(urlencode({"q": sought})))
    models = filters.models(timezone.localdate()).exclude(pk__in=[model.pk for model in choice.models])
    closest = list(closest_first(models, filters.query)[:FOUND_AT_MOST]) if filters.query else []
    name = "" if closest else suggested_name(filters.query)
    again = route(page, query=[*choice.pairs(), *pairs, ("add", name)])
    return {"sought": sought, "found": closest, "suggestion": name and {"name": name, "url": again}}

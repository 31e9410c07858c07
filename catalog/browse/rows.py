"""The models of a list as they are shown and handed out: with vendors, modalities, status and price."""

from collections.abc import Iterator
from datetime import date
from itertools import batched

from catalog.browse.facets import Facets
from catalog.browse.order import ordered
from catalog.expressions import exact, lowest_input_price, status_on
from catalog.models import AIModel
from catalog.public_links import fill_public_links

BATCH = 500


def models_in_full(keys: list[int], day: date) -> list[AIModel]:
    """Return the public ones of these models in their order, with all that `catalog/browse/_table.html` shows.

    Each has `status_today` and `input_price`: USD per million tokens, None where it is unknown. Two queries.
    """
    models = AIModel.objects.published().filter(pk__in=keys).defer("body", "extra").order_by()
    models = models.annotate(status_today=status_on(day, "model"), lowest_price=lowest_input_price(day))
    found = {model.pk: model for model in models}
    for model in found.values():
        model.input_price = exact(model.lowest_price)
    fill_public_links(found.values())
    return [found[key] for key in keys if key in found]


class RowsOf:
    """Models of a queryset as a paginator wants them: counted, unless their number is known, and fetched by slices of
    three queries."""

    def __init__(self, models, day: date, number: int | None = None):
        self.models, self.day, self.number = models, day, number

    def count(self) -> int:
        return self.models.count() if self.number is None else self.number

    def __getitem__(self, part: slice) -> list[AIModel]:
        return models_in_full(list(self.models.values_list("pk", flat=True)[part]), self.day)


class Rows:
    """The models of a list as a paginator wants them: counted by the facets, fetched by slices of three queries."""

    def __init__(self, facets: Facets, order: str):
        self.facets, self.order, self.day, self.total = facets, order, facets.day, facets.total

    def count(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> list[AIModel]:
        return models_in_full(list(self._keys()[part]), self.day) if self.total else []

    def __iter__(self) -> Iterator[AIModel]:
        """Yield all, some hundred at a time."""
        for keys in batched(list(self._keys()), BATCH):
            yield from models_in_full(list(keys), self.day)

    def _keys(self):
        """The keys in order, by themselves: texts and prices are read only of the rows that are shown."""
        models = ordered(self.facets.models(self.order), self.order, self.facets.filters, self.day)
        return models.values_list("pk", flat=True)

"""The models of a list as they are shown and handed out: with vendors, modalities, status and price."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import batched

from catalog.browse.facets import Facets
from catalog.browse.order import ordered
from catalog.expressions import lowest_input_price, status_on
from catalog.models import AIModel

BATCH = 500


class Rows:
    """The models of a list as a paginator wants them: counted by the facets, fetched by slices of five queries.

    Each has `status_today` and `input_price`: USD per million tokens, None where it is unknown.
    """

    def __init__(self, facets: Facets, order: str):
        self.facets, self.order, self.day, self.total = facets, order, facets.day, facets.total

    def count(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> list[AIModel]:
        return self._models(list(self._keys()[part])) if self.total else []

    def __iter__(self) -> Iterator[AIModel]:
        """Yield all, some hundred at a time."""
        for keys in batched(list(self._keys()), BATCH):
            yield from self._models(keys)

    def _keys(self):
        """The keys in order, by themselves: texts and prices are read only of the rows that are shown."""
        models = ordered(self.facets.models(), self.order, self.facets.filters, self.day)
        return models.values_list("pk", flat=True)

    def _models(self, keys) -> list[AIModel]:
        models = AIModel.objects.published().filter(pk__in=keys).with_public_links().defer("body", "extra").order_by()
        models = models.annotate(status_today=status_on(self.day, "model"), lowest_price=lowest_input_price(self.day))
        found = {model.pk: model for model in models}
        for model in found.values():
            model.input_price = None if model.lowest_price is None else Decimal(repr(round(model.lowest_price, 9)))
        return [found[key] for key in keys if key in found]

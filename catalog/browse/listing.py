"""The list of models described by a URL: filters and order."""

from dataclasses import dataclass

from django.http import QueryDict

from catalog.browse.facets import Facets
from catalog.browse.filters import FIRST_SHOWN, Filters
from catalog.browse.filters import NAMES as FILTER_NAMES
from catalog.browse.order import CLOSEST, first_order, orders
from catalog.groups import PRICE_RANGES, RANGES
from ops.http.query_params import one_of, whole_number
from ops.http.urls import route

NAMES = (*FILTER_NAMES, "sort", "page")
FIRST_BY_COLUMN = {"name": "name", "released": "-released", "context": "-context"} | {
    price.name: price.name for price in PRICE_RANGES
}


@dataclass(frozen=True)
class ModelListQuery:
    filters: Filters
    order: str
    page: int = 1

    @classmethod
    def parse(cls, parameters: QueryDict, is_typed: bool = False) -> "ModelListQuery":
        """Parse the known parameters, of a form if `is_typed` (see `Filters`). Raises BadRequest for invalid values."""
        filters = Filters.parse(parameters, is_typed)
        return cls(
            filters,
            _order(parameters.get("sort", ""), filters),
            whole_number(parameters.get("page", "1"), "page", least=1),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters for this list in canonical order, without defaults."""
        return [
            *self.filters.pairs(),
            *([("sort", self.order)] if self.order != first_order(self.filters) else []),
            *([("page", str(self.page))] if self.page > 1 else []),
        ]

    def url(self, name: str = "catalog:list", filters: Filters | None = None) -> str:
        """Return the URL of the first page of this list, optionally with other filters or at another route."""
        filters = filters or self.filters
        if name != "catalog:list":
            filters = filters.understood()
        order = self.order if self.order in orders(filters) else first_order(filters)
        return route(name, query=ModelListQuery(filters, order).pairs())

    @property
    def csv_url(self) -> str:
        return self.url("catalog:csv")

    @property
    def charts_url(self) -> str:
        """Return the URL of the charts of the same models, without an order."""
        return route("catalog:charts", query=self.filters.understood().pairs())

    def headers(self) -> dict[str, dict[str, str]]:
        """Return the heads of the columns by which the list can be sorted: the other way round if it is already.

        The `direction` is a value of aria-sort, or "" if the list is not sorted by this column.
        """
        head_by_column = {}
        for name, first in FIRST_BY_COLUMN.items():
            second = name if first.startswith("-") else f"-{name}"
            url = ModelListQuery(self.filters, second if self.order == first else first).url()
            direction = "descending" if self.order.startswith("-") else "ascending"
            head_by_column[name] = {"url": url, "direction": direction if self.order in {first, second} else ""}
        return head_by_column

    def is_plain(self) -> bool:
        """Return whether this is the default list, on any page."""
        return not ModelListQuery(self.filters, self.order).pairs()


def _order(text: str, filters: Filters) -> str:
    """Return the order. Sorting by closeness needs search words; without them it falls back to the default."""
    allowed = orders(filters)
    if text == CLOSEST and text not in allowed:
        return first_order(filters)
    return one_of(text or first_order(filters), "sort", allowed)


def active_filters(listing: ModelListQuery, facets: Facets) -> list[dict[str, str]]:
    """Return `label` and `value` of the chosen filters in words, each with the `url` of the list without it."""
    filters, chosen = listing.filters, []

    def add(label: str, text: str, name: str, value: str):
        chosen.append({"label": label, "value": text, "url": listing.url(filters=filters.without(name, value))})

    if filters.query.text:
        add("Search", f"“{filters.query.text}”", "q", "")
    for group, value, label in facets.chosen():
        if (group.name, value) != ("show", FIRST_SHOWN):
            add(group.label, label, group.name, value)
    for range_ in RANGES.values():
        for word, end in zip(("from", "to"), range_.ends, strict=True):
            if end in filters.bounds:
                add(range_.label, f"{word} {range_.written(filters.bounds[end])}", end, "")
    return chosen

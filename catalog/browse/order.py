"""The orders of a list. Unknown values come last in both directions; ties are sorted by name, then by key."""

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import NullIf
from django.utils import timezone

from catalog.browse.filters import Filters
from catalog.browse.groups import PRICE_RANGES, RANGES
from catalog.models import AIModel, ModelSummary
from publishing.search.backends import index

CLOSEST, LATEST = "closest", "-released"
ORDERS = {
    CLOSEST: "Closest name first",
    LATEST: "Latest release first",
    "released": "Oldest release first",
    "name": "By name, A to Z",
    "-name": "By name, Z to A",
    **{
        f"{sign}{price.name}": f"{words} {price.label.lower()} first"
        for price in PRICE_RANGES
        for sign, words in (("", "Lowest"), ("-", "Highest"))
    },
    "-context": "Largest context first",
    "context": "Smallest context first",
}
# Column, and the conditions for known and unknown values. For a range, SQLite uses the index of the column.
COLUMNS = {
    "released": ("released_on", Q(released_on__gt=""), Q(released_on="")),
    **{
        one.name: (one.column, Q(**{f"{one.column}__gte": 0}), Q(**{one.column: None}))
        for one in (*PRICE_RANGES, RANGES["context"])
    },
}
TIES = ("name_key", "pk")
LATEST_FIRST = ("-released_on", *TIES)


def first_order(filters: Filters) -> str:
    """Return the default order of a list."""
    return CLOSEST if filters.query else LATEST


def orders(filters: Filters) -> dict[str, str]:
    """Return the orders available for a list, with their labels."""
    return {name: label for name, label in ORDERS.items() if name != CLOSEST or filters.query}


def ordered(models: QuerySet[ModelSummary], order: str, filters: Filters) -> QuerySet[ModelSummary]:
    """Return `models` in that order. One query for the closest name, none for the others."""
    if order == CLOSEST:
        return models.order_by(_closeness(filters), *LATEST_FIRST)
    return models.order_by(*order_of(order))


def in_parts(models: QuerySet[ModelSummary], order: str, filters: Filters) -> list[QuerySet[ModelSummary]]:
    """Return one or two querysets, unknown values second. No index covers both: one queryset would sort all rows."""
    if order == LATEST or order.removeprefix("-") not in COLUMNS:
        return [ordered(models, order, filters)]
    column, known, unknown = COLUMNS[order.removeprefix("-")]
    first = models.filter(known).order_by(f"-{column}" if order.startswith("-") else column, *TIES)
    return [first, models.filter(unknown).order_by(*TIES)]


def order_of(order: str) -> list:
    """Return the arguments for `order_by`, for any order except the closest name."""
    if order == LATEST:
        return [*LATEST_FIRST]  # unknown dates are empty and so come last
    if order.endswith("name"):
        return [f"{order}_key", "pk"]
    name, *_ = COLUMNS[order.removeprefix("-")]
    column = NullIf(F(name), Value("")) if name == "released_on" else F(name)
    return [column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True), *TIES]


def _closeness(filters: Filters):
    """Return the rank among names that equal or start with the search words; all other names share the last."""
    sources = index().leaders(filters.query, timezone.now(), AIModel._meta.label_lower).values()
    places = [When(pk=source, then=Value(place)) for place, source in enumerate(sources)]
    last = Value(len(places))
    return Case(*places, default=last, output_field=IntegerField()) if places else last

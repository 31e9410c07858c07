"""The orders of a list. Unknown values come last in both directions; ties are sorted by name, then by key."""

from collections.abc import Iterable

from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone

from catalog.browse.filters import Filters
from catalog.groups import PRICE_RANGES, RANGES
from catalog.models import AIModel, ModelSummary
from catalog.rules.choices import ModelKind
from catalog.rules.prices import PRICES
from publishing.search.backends import index
from publishing.search.query import Query
from publishing.search.words import key

CLOSEST, CURRENT, LATEST = "closest", "current", "-released"
LOOKED_AT = 300  # the latest current models, among which the newest of each family come first
ORDERS = {
    CLOSEST: "Closest name first",
    CURRENT: "Newest of each series",
    LATEST: "Latest release first",
    "released": "Oldest release first",
    "name": "By name, A to Z",
    "-name": "By name, Z to A",
    **{
        f"{sign}{price.name}": f"{extreme} {price.label.lower()}"
        for price in PRICE_RANGES
        for sign, extreme in (("", "Lowest"), ("-", "Highest"))
    },
    "-context": "Largest context first",
    "context": "Smallest context first",
}
# Column, and the conditions for known and unknown values. For a range, SQLite uses the index of the column.
COLUMNS = {
    "released": ("released_until", Q(released_until__gt=""), Q(released_until="")),
    **{
        range_.name: (range_.column, Q(**{f"{range_.column}__gte": 0}), Q(**{range_.column: None}))
        for range_ in (*PRICE_RANGES, RANGES["context"])
    },
}
TIES = ("name_key", "pk")
LATEST_FIRST = ("-released_until", *TIES)  # see `catalog.documents.summaries`


def first_order(filters: Filters) -> str:
    return CLOSEST if filters.query else CURRENT


def orders(filters: Filters) -> dict[str, str]:
    """Return the orders available for a list, with their labels."""
    return {name: label for name, label in ORDERS.items() if name != CLOSEST or filters.query}


def in_parts(
    models: QuerySet[ModelSummary], order: str, filters: Filters
) -> tuple[list[int], list[QuerySet[ModelSummary]]]:
    """Return the keys of the first models, if they are known, and querysets that follow them and each other.

    They are several because no index covers all: one queryset would sort all rows. By price, encoders follow the models
    that generate: their tokens are not answers. Unless they are filtered for.

    Two queries for the closest name, one for current models, none for the others.
    """
    if order == CLOSEST:
        return [], [closest_first(models, filters.query)]
    if order == CURRENT:
        current = models.filter(current_since__gt="").order_by("-current_since", *TIES)
        latest = [*current.values_list("pk", "family_id", "released_until", "name_key")[:LOOKED_AT]]
        newest = set(newest_of_families((pk, family) for pk, family, *_ in latest))
        first = sorted((row for row in latest if row[0] in newest), key=lambda row: (row[-1], row[0]))
        first.sort(key=lambda row: row[-2], reverse=True)
        keys = [pk for pk, *_ in (*first, *(row for row in latest if row[0] not in newest))]
        # By exclusion, because with an equation SQLite would use the index of periods and then sort.
        rest = models.exclude(current_since__gt="").order_by(*LATEST_FIRST)
        return keys, [*[current.exclude(pk__in=keys)] * (len(keys) == LOOKED_AT), rest]
    if order == LATEST:
        return [], [models.order_by(*LATEST_FIRST)]  # unknown dates are empty and so come last
    if order.endswith("name"):
        return [], [models.order_by(f"{order}_key", "pk")]
    column, is_known, is_unknown = COLUMNS[order.removeprefix("-")]
    first = models.filter(is_known).order_by(f"-{column}" if order.startswith("-") else column, *TIES)
    rest = models.filter(is_unknown).order_by(*TIES)
    if column in PRICES and not filters.is_of_encoders:
        return [], [first.exclude(kind=ModelKind.ENCODER), first.filter(kind=ModelKind.ENCODER), rest]
    return [], [first, rest]


def newest_of_families(latest: Iterable[tuple[int, int | None]]) -> list[int]:
    """Return the keys of the newest model of each family, given keys of models and families, the latest first.

    A model without a family is often the only one of a small vendor, so it counts only if no model has a family.
    """
    keys_and_families, newest = [*latest], {}
    for pk, family in keys_and_families:
        if family:
            newest.setdefault(family, pk)
    return [*newest.values()] or [pk for pk, _ in keys_and_families]


def leading(query: Query) -> tuple[list[int], list[int]]:
    """Return the keys of the models with a name or alias that equals the search or begins with it. Two queries.

    The first list has those that equal it.
    """
    sources = [*index().leaders(query, timezone.now(), AIModel._meta.label_lower).values()]
    rows = AIModel.objects.filter(pk__in=sources).values_list("pk", "name", "aliases__text")
    return [pk for pk, *names in rows if query.key in map(key, filter(None, names))], sources


def closest_first(models: QuerySet[ModelSummary], query: Query) -> QuerySet[ModelSummary]:
    """Return names that equal the search first, then those that begin with it, each latest first. Two queries."""
    equal, sources = leading(query)
    closeness = Case(When(pk__in=equal, then=0), When(pk__in=sources, then=1), default=2)
    return models.order_by(closeness, *LATEST_FIRST)

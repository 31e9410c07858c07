"""The models of a chart with their prices and context windows. Unknown values are counted."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.browse.order import LATEST_FIRST
from catalog.models import AIModel, ModelSummary
from catalog.presenting.rows import path
from catalog.rules.prices import usd_in_words
from catalog.rules.status import Status

COLUMNS = ("pk", "name", "show", "slug", "context_tokens", "row__vendors", "status", "price_at")
SERVED_AT = "periods__served_at"
ENDING = {Status.DEPRECATED, Status.RETIRED}


class Point(NamedTuple):
    """A model with its price in USD per million tokens and its context window in tokens; None is unknown."""

    name: str
    slug: str
    url: str
    vendor: str
    price: Decimal | None
    price_at: str
    x: float | None
    x_cell: str = ""
    is_ending: bool = False
    hosts: int = 0  # that serve it

    @property
    def price_cell(self) -> str:
        return "" if self.price is None else usd_in_words(self.price)

    @property
    def price_decimals(self) -> int:
        return len(self.price_cell.partition(".")[2])


def points_of(models: QuerySet[ModelSummary], price: str, highlighted: Collection[str], most: int) -> dict[int, Point]:
    """Return the highlighted models and the latest releases, by key. Two queries, one without highlighted ones."""
    point_by_key = {}
    for queryset in (models.filter(slug__in=highlighted), models)[not highlighted :]:
        rows = queryset.order_by(*LATEST_FIRST).values_list(*COLUMNS, SERVED_AT, price)[:most]
        for pk, name, show, slug, context, vendors, status, price_at, served_at, amount in rows:
            label = f"“{name}”" if show == "unverified" else name
            vendor, cell = vendors[0]["name"] if vendors else "", "" if context is None else f"{context:,} tokens"
            point = Point(label, slug, path(AIModel, slug) or "", vendor, amount, price_at, context, cell)
            point_by_key[pk] = point._replace(is_ending=status in ENDING, hosts=len(served_at))
    return point_by_key

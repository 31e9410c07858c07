"""Charts of the models of a list, with the same parameters: price by context window (logarithmic), and releases."""

from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from catalog.browse.facets import Facets
from catalog.browse.filters import NAMES
from catalog.browse.groups import SHOW
from catalog.browse.listing import ModelListQuery, active_filters
from catalog.browse.order import LATEST_FIRST
from catalog.charts.drawing import NARROW, WIDE, Chart, ChartArea, ChartMark, ChartText, LogScale, without_collisions
from catalog.charts.releases import Releases
from catalog.models import AIModel
from catalog.pages.rows import path
from catalog.rules.prices import NO_CHARGE, usd_in_words
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from publishing.pages.metadata import page_metadata

MOST_DRAWN = 500
CELL = 4  # dots within a square of this size are merged into one, which grows with their number
RADIUS, LARGEST = 3.4, 11
FREE_BAND = 30
TITLE = "Charts of AI models"
ABOUT = "Charts of release dates, and of prices by context window, each with a table."


class Point(NamedTuple):
    name: str
    url: str
    context: int
    price: Decimal
    price_at: str

    @property
    def price_cell(self) -> str:
        return usd_in_words(self.price)


class Prices:
    """The points of the latest releases: at most 500, so that they can be told apart. One query."""

    def __init__(self, models, total: int):
        rows = models.order_by(*LATEST_FIRST)
        rows = rows.values_list("name", "show", "slug", "context_tokens", "input_price", "price_at")
        self.points, self.without_price, self.without_context = [], 0, 0
        self.is_cut, looked_at = total > MOST_DRAWN, min(total, MOST_DRAWN)
        for name, show, slug, context, price, price_at in rows[:MOST_DRAWN]:
            self.without_price += price is None
            self.without_context += context is None
            if price is not None and context is not None:
                shown = f"“{name}”" if show == "unverified" else name
                self.points.append(Point(shown, path(AIModel, slug) or "", context, price, price_at))
        self.not_drawn = looked_at - len(self.points)

    @cached_property
    def by_price(self) -> list[Point]:
        return sorted(self.points, key=lambda point: (point.price, -point.context))

    @property
    def pictures(self) -> list[Chart]:
        return [self._picture(plane) for plane in (WIDE, NARROW)] if self.points else []

    def _picture(self, plane: ChartArea) -> Chart:
        charged = [point.price for point in self.points if point.price]
        is_free = len(charged) < len(self.points)
        floor = plane.y_end - (FREE_BAND if is_free else 0)
        across = LogScale.over([point.context for point in self.points], plane.left, plane.x_end)
        up = LogScale.over([float(price) for price in charged], floor, plane.top) if charged else None
        free_y = plane.y_end - FREE_BAND / 2
        places = [(across(point.context), up(point.price) if up and point.price else free_y) for point in self.points]
        marks = _dots(self.points, places)
        labels = without_collisions(
            self._labels(plane, places), plane, [mark.box() for mark in marks], plane.most_labels
        )
        below = plane.y_end + plane.type_px + 6
        x_ticks = [ChartText(across(value), below, _tokens(value), "middle") for value in across.ticks()]
        y_ticks = [ChartText(plane.left - 8, up(value), f"{value:g}", "end") for value in up.ticks()] if up else []
        if is_free:
            y_ticks.append(ChartText(plane.left - 8, free_y, NO_CHARGE, "end"))
        return Chart(plane, marks, labels, without_collisions(x_ticks, plane), y_ticks)

    def _labels(self, plane: ChartArea, places) -> list[ChartText]:
        """Return labels at each side of the dots: the extremes of price and context first, then the latest releases."""
        numbers = range(len(self.points))
        charged = [number for number in numbers if self.points[number].price] or list(numbers)
        price, context = (lambda number: self.points[number].price), (lambda number: self.points[number].context)
        first = [max(charged, key=price), min(charged, key=price), max(numbers, key=context), min(numbers, key=context)]
        texts = []
        for number in dict.fromkeys([*first, *numbers]):
            (x, y), name = places[number], self.points[number].name
            texts += [
                ChartText(x + 9, y + 4, name),
                ChartText(x - 9, y + 4, name, "end"),
                ChartText(x, y - 12, name, "middle"),
            ]
        return [text for text in texts if text.box(plane.type_px)[0] >= plane.left]


def _dots(points: list[Point], places) -> list[ChartMark]:
    cells = defaultdict(list)
    for point, (x, y) in zip(points, places, strict=True):
        cells[round(x / CELL), round(y / CELL)].append((point, x, y))
    marks = []
    for found in cells.values():
        names = [point.name for point, _, _ in found]
        first = f"{names[0]}, {found[0][0].price_cell} at {found[0][0].price_at}"
        words = first if len(names) == 1 else f"{len(names)} models, among them {first}"
        radius = round(min(RADIUS * len(found) ** 0.5, LARGEST), 1)
        marks.append(ChartMark(found[0][1], found[0][2], radius=radius, words=words))
    return sorted(marks, key=lambda mark: -mark.radius)


def _tokens(value: float) -> str:
    """Return 100,000 as "100k" and 2,000,000 as "2M"."""
    for size, letter in ((10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


@cacheable()
@safe_only
def charts(request: HttpRequest) -> HttpResponse:
    """Show the charts; redirect to the canonical form of the parameters, as for the list."""
    listing = ModelListQuery.parse(request.GET)
    pairs = listing.filters.pairs()
    redirect = canonical_redirect(request, pairs, NAMES)
    if redirect:
        return redirect
    today = timezone.localdate()
    facets = Facets(listing.filters, today)
    releases = Releases(facets.models(is_counted=True))
    crumbs = [{"title": "Models", "url": reverse("catalog:list")}, {"title": "Charts", "url": request.path}]
    context = {
        "title": TITLE,
        "about": ABOUT,
        "listing": listing,
        "chosen": active_filters(listing, facets),
        "show": {"value": listing.filters.show, "label": SHOW[listing.filters.show]},
        "total": releases.total,
        "releases": releases,
        "prices": Prices(facets.models(), releases.total),
        "most_drawn": MOST_DRAWN,
        "today": today,
        "breadcrumbs": crumbs,
        "metadata": page_metadata(
            request, TITLE, ABOUT, canonical=absolute(listing.charts_url), is_indexable=not pairs, crumbs=crumbs
        ),
    }
    return render(request, "catalog/charts/charts.html", context)

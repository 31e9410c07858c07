"""Prices of models by another value, as marks: best buys red, ended models hollow. Unknown values are counted."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.browse.order import LATEST_FIRST
from catalog.charts.drawing import Chart, ChartArea, ChartMark, ChartSteps, ChartText, LogScale, Pictures
from catalog.models import AIModel, ModelSummary
from catalog.pages.rows import path
from catalog.rules.prices import NO_CHARGE, usd_in_words
from catalog.rules.status import Status

RADIUS = 4
FREE_BAND = 30
COLUMNS = ("pk", "name", "show", "slug", "context_tokens", "row__vendors", "status", "price_at")
MOST_NAMED = 10
ENDING = {Status.DEPRECATED, Status.RETIRED}
Place = tuple[float, float]


class Point(NamedTuple):
    """A model with its price in USD per million tokens and the value on the horizontal axis; None is unknown."""

    name: str
    slug: str
    url: str
    vendor: str
    price: Decimal | None
    price_at: str
    x: float | None
    x_cell: str = ""
    is_ending: bool = False

    @property
    def price_cell(self) -> str:
        return "" if self.price is None else usd_in_words(self.price)

    @property
    def price_decimals(self) -> int:
        return len(self.price_cell.partition(".")[2])


@dataclass
class Scatter(Pictures):
    """`found` begin with the most important ones.

    `points` are those that are drawn, and `missed` the names of highlighted models that are not.
    """

    found: Collection[Point]
    highlighted: Collection[str]
    x_words: Callable[[float], str]

    def __post_init__(self):
        self.points = [point for point in self.found if point.price is not None and point.x is not None]
        self.without_x = sum(point.x is None for point in self.found)
        self.without_price = len(self.found) - len(self.points) - self.without_x  # of those with the other value
        self.not_drawn = len(self.found) - len(self.points)
        self.ending = sum(point.is_ending for point in self.points)
        absent = {*self.highlighted} - {point.slug for point in self.points}
        self.missed = [point.name for point in self.found if point.slug in absent]
        self.highlighted = {*self.highlighted} - absent

    @cached_property
    def highest(self) -> Point | None:
        """Return the model with the highest value on the horizontal axis, of those that last if there are any."""
        return max(self.points, key=lambda point: (not point.is_ending, point.x or 0), default=None)

    @cached_property
    def by_price(self) -> list[Point]:
        return sorted(self.points, key=lambda point: (point.price, -(point.x or 0)))

    def drawn_on(self, plane: ChartArea) -> Chart:
        charged = [float(point.price) for point in self.points if point.price]
        is_free = len(charged) < len(self.points)
        floor = plane.y_end - (FREE_BAND if is_free else 0)
        across = LogScale.over([point.x or 0 for point in self.points], plane.left, plane.x_end)
        up = LogScale.over(charged, floor, plane.top) if charged else None
        free_y = plane.y_end - FREE_BAND / 2
        places = [(across(point.x), up(point.price) if up and point.price else free_y) for point in self.points]
        marks = self._dots(places)
        first, others = self._labels(plane, places)
        taken = [mark.box() for mark in marks]
        labels = plane.without_collisions(first, taken, MOST_NAMED)
        over_dots = [text for text in first if text.words not in {label.words for label in labels}]
        labels += plane.without_collisions(over_dots, [label.box(plane.type_px) for label in labels], MOST_NAMED)
        taken += [label.box(plane.type_px) for label in labels]
        labels += plane.without_collisions(others, taken, plane.most_labels)
        x_ticks = [ChartText(across(value), plane.below, self.x_words(value), "middle") for value in across.ticks()]
        y_ticks = [ChartText(plane.left - 8, up(value), f"{value:g}", "end") for value in up.ticks()] if up else []
        y_ticks = plane.without_collisions(y_ticks)
        if is_free:
            y_ticks.append(ChartText(plane.left - 8, free_y, NO_CHARGE, "end"))
        marks = [*self._frontier(plane, places), *marks]
        return Chart(plane, marks, labels, plane.without_collisions(x_ticks), y_ticks)

    def _frontier(self, plane: ChartArea, places: list[Place]) -> list[ChartSteps]:
        """Return the line of the lowest price for at least as high a value, through the best buys."""
        best = sorted(place for point, place in zip(self.points, places, strict=True) if point in self.best_buys)
        starts = [plane.left, *(x for x, _ in best)]
        steps = [(start, x, y) for start, (x, y) in zip(starts, best, strict=False)]
        return [ChartSteps("chart__steps--frontier", steps)] if len(best) > 1 else []

    def _style(self, point: Point) -> str:
        colour = "colour-accent" if point in self.best_buys else "colour-0"
        style = f"{colour} is-ending" if point.is_ending else colour
        if not self.highlighted:
            return style
        return f"{style} {'is-highlighted' if point.slug in self.highlighted else 'is-behind'}"

    @cached_property
    def named(self) -> set[Point | None]:
        """Return the best buys and the models with the highest value and price, which are named first."""
        return {*self.best_buys, self.highest, *self.by_price[-1:]}

    def _labels(self, plane: ChartArea, places: list[Place]) -> tuple[list[ChartText], list[ChartText]]:
        """Return labels at each side of the dots: of best buys, and of others."""
        first, best, others = [], [], []
        for point, (x, y) in sorted(zip(self.points, places, strict=True), key=lambda of: of[0] is not self.highest):
            style = self._style(point)
            around = [(9, 4, "start"), (-9, 4, "end"), (0, -14, "middle"), (0, -14, "start"), (4, 24, "end")]
            around += [(-4, 24, "start"), (0, -14, "end"), (0, 24, "middle"), (8, 14, "start"), (-8, 14, "end")]
            texts = [ChartText(x + right, y + down, point.name, anchor, style) for right, down, anchor in around]
            is_first = point in self.best_buys
            into = first if is_first else best if point in self.named else others
            boxes = ((text, text.box(plane.type_px)) for text in texts)
            within = [(text, box) for text, box in boxes if box[0] >= plane.left and box[2] <= plane.x_end]
            # A label is nearest to its own mark; those of the first may be drawn over others.
            near = [(x, y)] if is_first else places
            into += [text for text, box in within if min(near, key=partial(distance, box)) == (x, y)]
        return first, best + others

    @cached_property
    def best_buys(self) -> list[Point]:
        """Return the models that last, have a price and are cheaper than all others with as high a value."""
        found, lowest = [], None
        for point in sorted(self.points, key=lambda point: (-(point.x or 0), point.price)):
            if point.price and not point.is_ending and (lowest is None or point.price < lowest):
                found.append(point)
                lowest = point.price
        return found

    def _dots(self, places: list[Place]) -> list[ChartMark]:
        marks = []
        for point, (x, y) in zip(self.points, places, strict=True):
            words = f"{point.name}: {point.price_cell} via {point.price_at}, {point.x_cell}"
            marks.append(ChartMark(x, y, RADIUS, words, self._style(point), point.url))
        return sorted(marks, key=lambda mark: (not mark.style.endswith("is-behind"), "colour-0" not in mark.style))


def points_of(models: QuerySet[ModelSummary], price: str, highlighted: Collection[str], most: int) -> dict[int, Point]:
    """Return the highlighted models and the latest releases, by key. Two queries, one without highlighted ones."""
    found = {}
    for some in (models.filter(slug__in=highlighted), models)[not highlighted :]:
        rows = some.order_by(*LATEST_FIRST).values_list(*COLUMNS, price)[:most]
        for pk, name, show, slug, context, vendors, status, price_at, amount in rows:
            shown = f"“{name}”" if show == "unverified" else name
            vendor, cell = vendors[0]["name"] if vendors else "", "" if context is None else f"{context:,} tokens"
            point = Point(shown, slug, path(AIModel, slug) or "", vendor, amount, price_at, context, cell)
            found[pk] = point._replace(is_ending=status in ENDING)
    return found


def distance(box: tuple[float, ...], place: Place) -> float:
    """Return how far a place is from a box, 0 if within it."""
    left, top, right, bottom = box
    return math.hypot(max(left - place[0], place[0] - right, 0), max(top - place[1], place[1] - bottom, 0))


def tokens(value: float) -> str:
    """Return 100,000 as "100k" and 2,000,000 as "2M"."""
    for size, letter in ((10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"

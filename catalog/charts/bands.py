"""Prices by context window as rows of dots: most windows have one of a few sizes, so that axes would show towers."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import NamedTuple

from django.utils.html import format_html, format_html_join

from catalog.charts.points import Point
from catalog.rules.grouping import grouped
from catalog.rules.prices import NO_CHARGE, number_in_words
from catalog.svg.drawing import CIRCLE, LogScale
from catalog.svg.rows import FEWEST_FOR_MEDIAN, LAST_TICK, MEDIAN, NAMES_PX, name_above, stacked

# The rows, by their least tokens.
SIZES = {0: "under 128k tokens", 128_000: "128k to 200k tokens", 200_000: "200k to 256k tokens"}
SIZES |= {256_000: "256k to 400k tokens", 400_000: "400k to 1M tokens", 1_000_000: "1M tokens or more"}
LARGE, LETTER = 400_000, 1.85  # tokens; percent: the width of a letter on a phone
OUTLINE = CIRCLE.format(0, 0, 4, 8)
FREE, TICKS_APART = 20, 11  # percent: the space of models without a charge, and that between ticks
DOT = (
    '<svg class="lifetimes__mark" x="{}%" y="{}"><path class="chart__mark chart__mark--dot {}" d="{}" data-url="{}">'
    "<title>{}: {} via {}, {}</title></path></svg>"
)


class Band(NamedTuple):
    """The models with a size of window, by price; `marks` is SVG of `height` pixels.

    `median` is that of the `counted` charges for models that are not ending, None for fewer than three of these.
    """

    size: str
    points: list[Point]
    median: Decimal | None
    counted: int
    marks: str
    height: int
    is_large: bool


@dataclass
class ContextBands:
    """Models in rows by size of window, the largest first, each from its lowest to its highest price.

    `candidates` begin with the most important ones; `points` are those that are drawn, and `missed` the names of
    highlighted models that are not.
    """

    candidates: Collection[Point]
    highlighted: Collection[str] = ()
    title = "Prices by context window, a mark for each model. The medians follow in words."

    def __post_init__(self):
        self.points = [point for point in self.candidates if point.price is not None and point.x is not None]
        self.without_x = sum(point.x is None for point in self.candidates)
        self.not_drawn = len(self.candidates) - len(self.points)
        self.without_price = self.not_drawn - self.without_x  # of those with a window
        self.ending = sum(point.is_ending for point in self.points)
        absent = {*self.highlighted} - {point.slug for point in self.points}
        self.missed = [point.name for point in self.candidates if point.slug in absent]
        self.highlighted = {*self.highlighted} - absent

    @cached_property
    def by_price(self) -> list[Point]:
        return sorted(self.points, key=lambda point: (point.price, -(point.x or 0)))

    @cached_property
    def bands(self) -> list[Band]:
        sizes = [max(least for least in SIZES if least <= (point.x or 0)) for point in self.by_price]
        points_by_size = grouped(zip(sizes, self.by_price, strict=True))
        return [self._band(least, points_by_size[least]) for least in sorted(points_by_size, reverse=True)]

    @cached_property
    def medians(self) -> tuple[str, Decimal, Decimal] | None:
        """Return how much more the models with a LARGE window cost, "" for less than half, and both median prices."""
        current = [point for point in self.points if not point.is_ending]
        large = [point.price for point in current if point.price and (point.x or 0) >= LARGE]
        small = [point.price for point in current if point.price and (point.x or 0) < LARGE]
        if min(len(large), len(small)) < FEWEST_FOR_MEDIAN:
            return None
        below, above = median(small), median(large)
        times = round(2 * above / below) / 2
        factor = "twice" if times == 2 else f"{times:g} times"
        return factor if times >= 1.5 else "", round(below, 2), round(above, 2)

    @cached_property
    def scale(self) -> LogScale:
        charged = [float(point.price) for point in self.by_price if point.price]
        return LogScale.over(charged or [1], FREE if len(charged) < len(self.by_price) else 0, 100)

    @cached_property
    def ticks(self) -> list[tuple[float, str]]:
        """Return their places in percent and words, the roundest first."""
        ticks = [(0.0, NO_CHARGE)] if self.scale.start else []
        for price in self.scale.ticks((1, 3)):
            x = self.scale(price)
            if 100 - LAST_TICK <= x <= LAST_TICK and all(abs(x - other) >= TICKS_APART for other, _ in ticks):
                ticks.append((x, number_in_words(Decimal(f"{price:g}"))))
        return ticks

    def _band(self, least: int, points: list[Point]) -> Band:
        places = [self.scale(point.price) if point.price else FREE / 2 for point in points]
        (heights, height), marks, names, left = stacked(places), [], [], 0.0
        current = [number for number, point in enumerate(points) if point.price and not point.is_ending]
        if current:
            heights, height = [y + NAMES_PX for y in heights], height + NAMES_PX
        # Of the quarter that most providers serve, the cheapest and the dearest: readers look for these.
        hosts = sorted((points[number].hosts for number in current), reverse=True)
        common = [number for number in current if points[number].hosts >= hosts[len(hosts) // 4]]
        for number in dict.fromkeys(common[:1] + common[-1:]):
            x, width = places[number], LETTER * len(points[number].name)
            start = x if x + width <= 100 else x - width
            if left <= start:
                names.append((name_above(x, heights[number], points[number].name, start < x),))
                left = start + width + LETTER
        for point, x, y in zip(points, places, heights, strict=True):
            values = point.name, point.price_cell, point.price_at, point.x_cell
            style = f"colour-0{' is-ending' * point.is_ending}"
            if self.highlighted:
                style += " is-highlighted" if point.slug in self.highlighted else " is-behind"
            marks.append((x, y, style, OUTLINE, point.url, *values))
        charged = [price for number in current if (price := points[number].price)]
        middle = round(median(charged), 2) if len(charged) >= FEWEST_FOR_MEDIAN else None
        line = format_html(MEDIAN, self.scale(middle), NAMES_PX) if middle else ""
        drawn = format_html("{}{}{}", format_html_join("", DOT, marks), line, format_html_join("", "{}", names))
        return Band(SIZES[least], points, middle, len(charged), drawn, height, least >= LARGE)

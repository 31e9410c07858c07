"""Prices by context window as rows of dots: most windows have one of a few sizes, so that axes would show towers."""

from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import NamedTuple

from django.utils.html import format_html, format_html_join

from catalog.charts.drawing import CIRCLE, LogScale
from catalog.charts.rows import FEWEST_FOR_MEDIAN, LAST_TICK, MEDIAN, stacked
from catalog.charts.scatter import Point, Scatter
from catalog.rules.prices import NO_CHARGE, number_in_words

# The rows, by their least tokens.
SIZES = {0: "under 128k tokens", 128_000: "128k to 200k tokens", 200_000: "200k to 256k tokens"}
SIZES |= {256_000: "256k to 400k tokens", 400_000: "400k to 1M tokens", 1_000_000: "1M tokens or more"}
OUTLINE = CIRCLE.format(0, 0, 4, 8)
FREE, TICKS_APART = 20, 16  # percent: the space of models without a charge, and that between ticks
DOT = (
    '<svg class="lifetimes__mark" x="{}%" y="{}"><path class="chart__mark chart__mark--dot {}" d="{}" data-url="{}">'
    "<title>{}: {} via {}, {}</title></path></svg>"
)


class Band(NamedTuple):
    """The models with a size of window, by price; `marks` is SVG of `height` pixels.

    `median` is that of the charges for models that are not ending, None for fewer than three of these.
    """

    size: str
    points: list[Point]
    median: Decimal | None
    marks: str
    height: int


class ContextBands(Scatter):
    """The same points in rows by size of window, the largest first, each from its lowest to its highest price."""

    title = "Prices by context window, a mark for each model. The medians follow in words."

    @cached_property
    def bands(self) -> list[Band]:
        found = defaultdict(list)
        for point in self.by_price:
            found[max(least for least in SIZES if least <= (point.x or 0))].append(point)
        return [self._band(SIZES[least], found[least]) for least in sorted(found, reverse=True)]

    @property
    def medians(self) -> tuple[bool, Decimal, Decimal] | None:
        """Return whether the medians rise with the window, and the lowest and the highest."""
        found = [band.median for band in reversed(self.bands) if band.median]
        rises, has_range = found == sorted(found), len({*found}) > 1
        return (rises, min(found), max(found)) if has_range else None

    @cached_property
    def scale(self) -> LogScale:
        charged = [float(point.price) for point in self.by_price if point.price]
        return LogScale.over(charged or [1], FREE if len(charged) < len(self.by_price) else 0, 100)

    @cached_property
    def ticks(self) -> list[tuple[float, str]]:
        """Return their places in percent and words, the roundest first."""
        found = [(0.0, NO_CHARGE)] if self.scale.start else []
        for price in self.scale.ticks():
            x = self.scale(price)
            if x <= LAST_TICK and all(abs(x - other) >= TICKS_APART for other, _ in found):
                found.append((x, number_in_words(Decimal(f"{price:g}"))))
        return found

    def _band(self, size: str, points: list[Point]) -> Band:
        places = [self.scale(point.price) if point.price else FREE / 2 for point in points]
        (heights, height), marks = stacked(places), []
        for point, x, y in zip(points, places, heights, strict=True):
            values = point.name, point.price_cell, point.price_at, point.x_cell
            style = self._style(point).replace("colour-accent", "colour-0")  # no best buys
            marks.append((x, y, style, OUTLINE, point.url, *values))
        charged = [point.price for point in points if point.price and not point.is_ending]
        middle = round(median(charged), 2) if len(charged) >= FEWEST_FOR_MEDIAN else None
        line = format_html(MEDIAN, self.scale(middle)) if middle else ""
        return Band(size, points, middle, format_html("{}{}", format_html_join("", DOT, marks), line), height)

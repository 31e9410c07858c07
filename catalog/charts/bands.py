"""Prices by context window as rows of dots: most windows have one of a few sizes, so that axes would show towers."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from catalog.charts.drawing import SHAPES, LogScale
from catalog.charts.rows import LAST_TICK, Row, RowChart
from catalog.charts.scatter import Point, Scatter, tokens
from catalog.rules.prices import NO_CHARGE

FLOORS = (0, 128_000, 200_000, 256_000, 400_000, 1_000_000)
OUTLINES = [shape.format(0, 0, 4, 8) for shape in SHAPES]
STEP, APART = 9, 1.7  # between dots: upwards in pixels, sideways in percent of the width
FREE, TICKS_APART = 20, 10  # percent: the space of models without a charge, and that between ticks
DOT = (
    '<svg class="lifetimes__mark" x="{}%" y="{}"><path class="chart__mark chart__mark--dot {}" d="{}" data-url="{}">'
    "<title>{}: {} at {}, {}</title></path></svg>"
)
ABOUT = "{} model{}, {}{}"
NAMED = '<a href="{}">{}</a> {}'


class ContextBands(Scatter):
    """The same points in rows by size of window, the largest first, each from its lowest to its highest price."""

    @cached_property
    def bands(self) -> list[tuple[str, list[Point]]]:
        """Return the size of each row in words, and its models by price."""
        found = defaultdict(list)
        for point in self.by_price:
            found[bisect_right(FLOORS, point.x or 0)].append(point)
        return [(_size(number), found[number]) for number in sorted(found, reverse=True)]

    @cached_property
    def extremes(self) -> tuple[str, Point, Point] | None:
        """Return the largest size for which several models have a price, the cheapest and the dearest of these."""
        charged = ((size, [point for point in points if point.price]) for size, points in self.bands)
        return next(((size, points[0], points[-1]) for size, points in charged if len(points) > 1), None)

    @property
    def rows(self) -> RowChart:
        prices = [float(point.price) for point in self.by_price if point.price]
        free = FREE if len(prices) < len(self.by_price) else 0
        scale, ticks = LogScale.over(prices or [1], free, 100), {}
        for price in scale.ticks() if prices else ():  # the roundest first
            x = scale(price)
            if x <= LAST_TICK and all(abs(x - other) >= TICKS_APART for other in ticks):
                ticks[x] = f"{price:g}"
        rows = [
            self._row(size, [(point, scale(point.price) if point.price else FREE / 2) for point in points])
            for size, points in self.bands
        ]
        title = "Prices by context window, a mark for each model. The lowest and the highest price follow in words."
        return RowChart(title, rows, [("0", NO_CHARGE)] * bool(free) + [(str(x), words) for x, words in ticks.items()])

    def _row(self, size: str, places: list[tuple[Point, float]]) -> Row:
        ends = dict.fromkeys([places[0][0], places[-1][0]])
        others = [point for point, _ in places if point.slug in self.highlighted and point not in ends]
        named = [[(point.url, point.name, point.price_cell) for point in some] for some in (ends, others)]
        words = format_html_join(" to ", NAMED, named[0]), format_html_join("", "; " + NAMED, named[1])
        levels = levels_of(x for _, x in places)
        middle, height = ((max(levels) + 1) // 2 + 1) * STEP, (max(levels) + 2) * STEP
        marks = []
        for (point, x), level in zip(places, levels, strict=True):
            y = middle + (level + 1) // 2 * STEP * (-1) ** level
            shape = OUTLINES[self.colours.get(point.vendor, 0) % len(OUTLINES)]
            values = point.name, point.price_cell, point.price_at, point.x_cell
            marks.append((x, y, self._style(point), shape, point.url, *values))
        about = format_html(ABOUT, len(places), "" if len(places) == 1 else "s", *words)
        return Row("", capfirst(size), about, format_html_join("", DOT, marks), height=height)


def levels_of(places: Iterable[float]) -> list[int]:
    """Return the level of each place, given in ascending order, so that those on a level are apart."""
    ends: list[float] = []
    levels = []
    for x in places:
        level = next((number for number, end in enumerate(ends) if x - end >= APART), len(ends))
        ends[level : level + 1] = [x]
        levels.append(level)
    return levels


def _size(number: int) -> str:
    """Return the windows of a row in words, such as "128k to 200k tokens"."""
    if number == len(FLOORS):
        return f"{tokens(FLOORS[-1])} tokens or more"
    least, most = tokens(FLOORS[number - 1]), tokens(FLOORS[number])
    return f"{least} to {most} tokens" if number > 1 else f"under {most} tokens"

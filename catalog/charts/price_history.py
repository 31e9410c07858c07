"""Prices over time as lines of steps: those of an offering, and those of several models."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from catalog.documents.summaries import periods
from catalog.presenting.cells import UNKNOWN
from catalog.presenting.rows import Named, OfferingRow, price_rows
from catalog.rules.choices import Meter
from catalog.rules.prices import price_turns, prices_on, token_prices, usd_in_words
from catalog.svg.drawing import (
    LETTER,
    NARROW,
    WIDE,
    Chart,
    ChartArea,
    ChartMark,
    ChartSteps,
    ChartText,
    LinearScale,
    LogScale,
    spread,
)

DRAWN = {"input_price": Meter.INPUT, "output_price": Meter.OUTPUT}
COLOURS_OF_METERS = ("colour-ink", "colour-2")
HEIGHT = 270
FAR_APART = 20  # from this ratio on, prices are drawn on a log scale
QUARTER, MANY_DAYS = 3, 250
type Steps = list[tuple[date, date, Decimal | None]]


class PriceLine(NamedTuple):
    """The price of something over time: `steps` are (first day, end day, price); None is unknown."""

    name: str
    steps: Steps
    style: str
    url: str = ""


@dataclass(frozen=True)
class PriceLines:
    """Lines that are named at their ends, up to the day `last`."""

    lines: Sequence[PriceLine]
    last: date

    @cached_property
    def priced_lines(self) -> list[tuple[PriceLine, Steps]]:
        """Return each line with those of its steps that have a price."""
        of_each = ((line, [step for step in line.steps if step[2] is not None]) for line in self.lines)
        return [(line, steps) for line, steps in of_each if steps]

    @property
    def pictures(self) -> list[Chart]:
        """Return the drawings for wide and narrow screens."""
        return [self.drawn_on(plane) for plane in (WIDE, NARROW)]

    def drawn_on(self, plane: ChartArea) -> Chart:
        room = max(len(line.name) for line, _ in self.priced_lines) * LETTER * plane.type_px + 12
        plane = replace(plane, right=round(min(room, plane.width * 0.45)), height=HEIGHT)
        starts = [start for _, steps in self.priced_lines for start, _, _ in steps]
        first, last = min(starts), max(self.last, *starts)
        of_days = LinearScale(first.toordinal(), max(last.toordinal(), first.toordinal() + 1), plane.left, plane.x_end)
        y = self._scale(plane)

        def x(day: date) -> float:
            return of_days(min(day, last).toordinal())

        marks, labels = [], []
        for line, steps in self.priced_lines:
            marks.append(ChartSteps(line.style, [(x(start), x(end), y(price)) for start, end, price in steps]))
            for start, _, price in steps:
                title = f"{line.name}: {in_usd(price)} from {start:%-d %B %Y}"
                marks.append(ChartMark(x(start), y(price), radius=3, title=title, style=line.style, url=line.url))
            labels.append(ChartText(plane.x_end + 8, y(steps[-1][2]) + 4, line.name, "start", line.style))
        apart = QUARTER if (last - first).days > MANY_DAYS else 1
        months = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13, apart)]
        days = [day for day in months if first <= day <= last][::-1] or [first]
        x_ticks = [ChartText(x(day), plane.below, f"{day:%b %Y}", "middle") for day in days]
        y_ticks = [ChartText(plane.left - 8, y(price), f"{price:g}", "end") for price in y.ticks()]
        ticks = plane.without_collisions(x_ticks), plane.without_collisions(y_ticks)
        return Chart(plane, marks, spread(labels, plane), *ticks)

    def _scale(self, plane: ChartArea) -> LinearScale:
        prices = [float(price) for _, steps in self.priced_lines for _, _, price in steps if price is not None]
        lowest, highest = min(prices), max(prices)
        if lowest and highest / lowest > FAR_APART:
            return LogScale.over(prices, plane.y_end, plane.top)
        return LinearScale(0, highest * 1.05 or 1, plane.y_end, plane.top)


@dataclass(frozen=True)
class PriceHistory:
    """`steps` are (first day, end day, prices in the order of DRAWN) from the first price on; None is unknown."""

    provider: Named
    steps: list[tuple[date, date, tuple[Decimal | None, ...]]]
    today: date
    is_seen: bool  # some days are those on which a third party first had the price

    @property
    def rows(self) -> list[tuple[date, list[str]]]:
        """Return the table, latest first: the first day and the cells of prices."""
        return [(first_day, [in_usd(price) for price in prices]) for first_day, _, prices in reversed(self.steps)]

    @property
    def pictures(self) -> list[Chart]:
        lines = [
            PriceLine(str(meter.label), [(start, end, prices[number]) for start, end, prices in self.steps], style)
            for number, (meter, style) in enumerate(zip(DRAWN.values(), COLOURS_OF_METERS, strict=True))
        ]
        return PriceLines(lines, self.today).pictures


def price_history(row: OfferingRow | None, today: date) -> PriceHistory | None:
    """Return the history of the ordinary prices of an offering, or None if they never changed."""
    if row is None:
        return None
    prices = row.values["prices"]

    def prices_of(day: date) -> tuple:
        price_by_name = token_prices(prices_on(day, prices), row.in_effect)
        return tuple(price_by_name[name] for name in DRAWN)

    _, *steps = periods(price_turns(prices), prices_of)
    priced = [prices for _, _, prices in steps if any(price is not None for price in prices)]
    if not any(before != after for before, after in pairwise(priced)):
        return None
    rows = price_rows([price for price in prices if price["amount"] is not None])
    return PriceHistory(row.provider, steps, today, any(price.is_unconfirmed for price in rows))


def in_usd(price: Decimal | None) -> str:
    return UNKNOWN if price is None else usd_in_words(price)

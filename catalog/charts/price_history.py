"""The price history of an offering as a step chart with its table."""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from catalog.charts.drawing import Chart, ChartArea, ChartMark, ChartSteps, ChartText, LinearScale, Pictures, round_step
from catalog.documents.summaries import periods
from catalog.pages.cells import UNKNOWN
from catalog.pages.rows import Named, OfferingRow, price_rows
from catalog.rules.choices import Meter
from catalog.rules.prices import price_turns, prices_on, token_prices, usd_in_words

DRAWN = {"input_price": Meter.INPUT, "output_price": Meter.OUTPUT}
Y_TICKS = 4
QUARTERS = (1, 4, 7, 10)


@dataclass(frozen=True)
class PriceHistory(Pictures):
    """`steps` are (first day, end day, prices in the order of DRAWN) from the first price on; None is unknown."""

    provider: Named
    steps: list[tuple[date, date, tuple[Decimal | None, ...]]]
    today: date
    is_seen: bool  # some days are those on which a third party first had the price

    @property
    def rows(self) -> list[tuple[date, list[str]]]:
        """Return the table, latest first: the first day and the cells of prices."""
        return [(first_day, [_cell(price) for price in prices]) for first_day, _, prices in reversed(self.steps)]

    @cached_property
    def span(self) -> tuple[date, date]:
        """Return the days at the ends of the axis."""
        return self.steps[0][0], max(self.today, self.steps[-1][0])

    def drawn_on(self, plane: ChartArea) -> Chart:
        first, last = self.span
        highest = float(max(price for _, _, prices in self.steps for price in prices if price is not None)) or 1
        unit = round_step(highest / Y_TICKS)
        ticks = [unit * number for number in range(math.ceil(highest / unit) + 1)]
        y = LinearScale(0, ticks[-1], plane.y_end, plane.top)
        of_days = LinearScale(first.toordinal(), max(last.toordinal(), first.toordinal() + 1), plane.left, plane.x_end)

        def x(day: date) -> float:
            return of_days(min(max(day, first), last).toordinal())

        periods = [self._period(*step, x, plane) for step in self.steps]
        marks, labels = [], []
        for number, meter in enumerate(DRAWN.values()):
            drawn = [
                (x(start), x(end), y(price))
                for start, end, prices in self.steps
                if (price := prices[number]) is not None
            ]
            if drawn:
                marks.append(ChartSteps(str(meter), drawn))
                labels.append(ChartText(drawn[-1][1], drawn[-1][2] - 7, str(meter.label), "end"))
        x_ticks = [ChartText(x(day), plane.below, f"{day:%b %Y}", "middle") for day in self._quarters()]
        y_ticks = [ChartText(plane.left - 8, y(price), f"{price:g}", "end") for price in ticks]
        labels = plane.without_collisions(labels)
        return Chart(plane, [*periods, *marks], labels, plane.without_collisions(x_ticks[::-1]), y_ticks)

    def _period(self, start: date, end: date, prices: tuple[Decimal | None, ...], x, plane: ChartArea) -> ChartMark:
        """Return an invisible bar that has the prices of a period as its words."""
        of_each = zip(DRAWN.values(), prices, strict=True)
        said = ", ".join(f"{meter.label.lower()} {_cell(price)}" for meter, price in of_each)
        words = f"From {start:%-d %B %Y}: {said}"
        width = max(x(end) - x(start), 0)
        return ChartMark(x(start), plane.top, round(width, 1), plane.y_end - plane.top, words=words, style="chart__hit")

    def _quarters(self) -> list[date]:
        first, last = self.span
        days = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in QUARTERS]
        return [day for day in days if first <= day <= last]


def price_history(row: OfferingRow | None, today: date) -> PriceHistory | None:
    """Return the history of the ordinary prices of an offering, or None if they never changed."""
    if row is None:
        return None
    prices = row.values["prices"]

    def prices_of(day: date) -> tuple:
        found = token_prices(prices_on(day, prices), row.in_effect)
        return tuple(found[name] for name in DRAWN)

    _, *steps = periods(price_turns(prices), prices_of)
    known = [prices for _, _, prices in steps if any(price is not None for price in prices)]
    if not any(before != after for before, after in pairwise(known)):
        return None
    rows = price_rows([price for price in prices if price["amount"] is not None])
    return PriceHistory(row.provider, steps, today, any(price.is_seen for price in rows))


def _cell(price: Decimal | None) -> str:
    return UNKNOWN if price is None else usd_in_words(price)

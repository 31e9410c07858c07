"""The charts that texts can show of models: each draws the chosen ones on a day, and gives the table behind it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone

from catalog.charts.rows import Row, RowChart, from_zero, percent, span
from catalog.charts.scatter import colour_numbers
from catalog.compare.costs import ModelOffers
from catalog.compare.workloads import Workload
from catalog.documents import read
from catalog.models import AIModel
from catalog.news.timeline import ENDS, Life, lifetimes, retirements_ahead
from catalog.rules.choices import Meter
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import CURRENCY, PER, usd_in_words
from catalog.rules.status import Bound
from publishing.rendering.tables.sources import ChartCell, ChartKind, ChartNumber, ChartRow, DrawnChart

LABEL = AIModel._meta.label_lower
MOST_ENDS = 12
EARLIEST = date(2018, 1, 1)
DAYS_OF_YEAR = 365
PER_MILLION = f"{CURRENCY} per {PER:,} tokens"
Numbers = dict[str, int]


class Shown(NamedTuple):
    """A public model as charts name it."""

    key: int
    name: str
    path: str
    vendor: str
    released_on: str

    def row(self, *cells: ChartCell) -> ChartRow:
        return ChartRow(LABEL, self.key, self.name, self.path, cells)


def _models(keys: Sequence[int]) -> list[Shown]:
    """Return the models in the order of their keys. One query."""
    rows = read.summaries().filter(pk__in=keys).values_list("pk", "name", "released_on", "row")
    found = {
        key: Shown(key, name, row["path"] or "", ", ".join(vendor["name"] for vendor in row["vendors"]), released_on)
        for key, name, released_on, row in rows
    }
    return [found[key] for key in keys if key in found]


def _rows_picture(chart: RowChart) -> Callable[[str], str]:
    return lambda _: render_to_string("catalog/charts/_rows.html", {"chart": chart})


def _day(written: str) -> str:
    return str(PartialDate.parse(written)) if written else ""


def draw_timeline(keys: Sequence[int], _: Numbers, day: date) -> DrawnChart:
    """Draw the lives of the chosen models, or of the next ones to end. Two queries."""
    ends = list(ENDS.filter(model_id__in=keys)) if keys else list(retirements_ahead(day)[: 3 * MOST_ENDS])
    ends = [end for end in ends if end.row["is_of_model"]] if keys else ends
    by_model = {end.model_id: end for end in sorted(ends, key=lambda end: end.date, reverse=not keys)}
    keys = keys or sorted(by_model, key=lambda key: by_model[key].date)[:MOST_ENDS]
    lives, rows = [], []
    for model in _models(keys):
        end = by_model.get(model.key)
        lives.append(Life.of(end) if end else Life(model.name, model.path, model.released_on, who=model.vendor))
        said = f"{'not before ' if end.bound == Bound.NOT_BEFORE else ''}{end.period}" if end else "none announced"
        is_own = end is None or (end.row["is_by_vendor"] and end.bound == Bound.EXACT)
        where = "" if end is None or end.row["is_by_vendor"] else f" at {end.places}"
        cells = ChartCell(model.vendor), ChartCell(_day(model.released_on), "released_on")
        rows.append(model.row(*cells, ChartCell(f"{said}{where}", "retired_on" if end and is_own else "")))
    if not rows:
        return DrawnChart((), (), lambda name: "")
    known = [PartialDate.parse(life.released_on).first_day for life in lives if life.released_on]
    said = "today" if day == timezone.localdate() else f"{day:%-d %b}"
    chart = lifetimes(lives, day, max(min(known, default=day), EARLIEST), said)
    head = "Model", "Vendor", "Released", "Last day of service"
    return DrawnChart(head, rows, _rows_picture(chart), "A hollow mark is the earliest possible day.")


def draw_cost(keys: Sequence[int], numbers: Numbers, day: date) -> DrawnChart:
    """Draw what a year of a workload costs at the prices of each model's vendor on the day. Three queries."""
    requests = numbers["requests"]
    workload = Workload(requests * DAYS_OF_YEAR, numbers["tokens_in"], numbers["tokens_out"])
    offers, costs = ModelOffers(keys, day), {}
    for model in _models(keys):
        offer = offers.reference[model.key]
        prices = offer.token_prices(workload.tokens_in) if offer else {}
        costs[model] = workload.cost(prices).amount, prices
    drawn = sorted((amount, model) for model, (amount, _) in costs.items() if amount is not None)
    scale, ticks = from_zero([float(amount) for amount, _ in drawn], "{:,.0f}")
    colours = colour_numbers(model.vendor for _, model in drawn)
    bars = [
        Row(
            model.path,
            model.name,
            f"{model.vendor}, {amount:,.0f} {CURRENCY}",
            span("0", percent(scale.share(float(amount)))),
            f"colour-{colours.get(model.vendor, 0)}",
        )
        for amount, model in drawn
    ]
    order = [model for _, model in drawn] + [model for model, (amount, _) in costs.items() if amount is None]
    rows = [
        model.row(
            *(
                ChartCell("" if prices.get(meter) is None else usd_in_words(prices[meter]), f"{meter}_price")
                for meter in (Meter.INPUT, Meter.OUTPUT)
            ),
            ChartCell("" if amount is None else f"{amount:,.2f}"),
        )
        for model in order
        for amount, prices in (costs[model],)
    ]
    head = "Model", f"Input price, {PER_MILLION}", f"Output price, {PER_MILLION}", f"Cost of a year, {CURRENCY}"
    chart = RowChart(f"Cost of a year in {CURRENCY}, cheapest first. The amounts follow in words.", bars, ticks)
    note = (
        f"{requests:,} requests a day for {DAYS_OF_YEAR} days, each of {workload.tokens_in:,} input and "
        f"{workload.tokens_out:,} output tokens, at the prices of each model’s vendor on that day."
    )
    absent = [model.name for model, (amount, _) in costs.items() if amount is None]
    note += f" Without a price on record: {', '.join(absent)}." if absent else ""
    return DrawnChart(head, rows, _rows_picture(chart), note)


CHARTS = {
    "timeline": ChartKind(
        "End-of-life timeline",
        "From release to the last day of service. Without models: the next ones to end.",
        draw_timeline,
        is_of_all=True,
        most=24,
    ),
    "cost": ChartKind(
        "Cost of a year",
        "What a task costs in a year at the recorded prices.",
        draw_cost,
        {
            "requests": ChartNumber("Requests per day", 1_000, 10_000_000),
            "tokens_in": ChartNumber("Input tokens per request", 2_000, 10_000_000),
            "tokens_out": ChartNumber("Output tokens per request", 500, 1_000_000),
        },
        most=24,
    ),
}

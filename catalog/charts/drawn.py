"""The charts that texts can show of models: each draws the chosen ones on a day, and gives the table behind it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from statistics import median, quantiles
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from catalog.charts.bands import ContextBands
from catalog.charts.points import points_of
from catalog.charts.price_history import DRAWN, PriceLine, PriceLines, in_usd
from catalog.compare.costs import ModelOffers
from catalog.compare.workloads import Workload
from catalog.documents import read
from catalog.lifecycle.timeline import ENDS, NOT_BEFORE, Life, lifetimes, retirements_ahead
from catalog.models import AIModel, ModelPeriod, TimelineEntry, Vendor
from catalog.presenting.rows import path
from catalog.rules.choices import Meter
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import CURRENCY, PRICE_LABELS
from catalog.rules.status import Bound
from catalog.svg.drawing import LinearScale
from catalog.svg.rows import (
    DOT,
    FEWEST_FOR_MEDIAN,
    MEDIAN,
    NAMES_PX,
    VALUE,
    Row,
    RowChart,
    from_zero,
    name_above,
    percent,
    span,
    stacked,
)
from publishing.rendering.tables.sources import ChartCell, ChartKind, ChartNumber, ChartRow, DrawnChart
from publishing.richtext.table_element import MOST_RECORDS

LABEL, VENDOR = AIModel._meta.label_lower, Vendor._meta.label_lower
MOST_ENDS = 12
EARLIEST = date(2018, 1, 1)
DAYS_OF_YEAR = 365
PAST = " lifetimes__dot--past"
SAID = f'{{}}<span class="visually-hidden">, {{amount}} {CURRENCY} a year</span>'
PER_MILLION = f"{CURRENCY} per million tokens"
Numbers = dict[str, int]


class Shown(NamedTuple):
    """A public model as charts name it."""

    key: int
    name: str
    path: str
    vendors: tuple[dict, ...]
    released_on: str

    @property
    def vendor(self) -> str:
        return ", ".join(vendor["name"] for vendor in self.vendors)

    def row(self, *cells: ChartCell) -> ChartRow:
        return ChartRow(LABEL, self.key, self.name, self.path, cells)


def _models(keys: Sequence[int]) -> list[Shown]:
    """Return the models in the order of their keys. One query."""
    rows = read.summaries().filter(pk__in=keys).values_list("pk", "name", "released_on", "row")
    model_by_key = {
        key: Shown(key, name, row["path"] or "", tuple(row["vendors"]), released_on)
        for key, name, released_on, row in rows
    }
    return [model_by_key[key] for key in keys if key in model_by_key]


def _picture(template: str, context: dict) -> Callable[[str], str]:
    return lambda name: render_to_string(template, {"name": name, **context})


def _rows_picture(chart: RowChart) -> Callable[[str], str]:
    return _picture("catalog/charts/_rows.html", {"chart": chart})


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
        last_day = f"{NOT_BEFORE if end.bound == Bound.NOT_BEFORE else ''}{end.period}" if end else "none announced"
        where = "" if end is None or end.row["is_by_vendor"] else f" via {end.places}"
        released = str(PartialDate.parse(model.released_on)) if model.released_on else ""
        cells = ChartCell(model.vendor), ChartCell(released, "released_on")
        rows.append(model.row(*cells, ChartCell(f"{last_day}{where}", "retired_on")))
    if not rows:
        return DrawnChart((), (), lambda name: "")
    release_days = [PartialDate.parse(life.released_on).first_day for life in lives if life.released_on]
    day_label = "today" if day == timezone.localdate() else f"{day:%-d %b %Y}"
    first = max(min(release_days, default=day), EARLIEST).replace(month=1, day=1)
    chart = lifetimes(lives, day, first, day_label)
    head = "Model", "Vendor", "Released", "Last day"
    hollow = "; a hollow mark is the earliest possible day" if any(life.is_open for life in lives) else ""
    past = "; grey: the last day has passed" if any(row.style for row in chart.rows) else ""
    return DrawnChart(head, rows, _rows_picture(chart), f"The next six months are shaded{past}{hollow}.")


def draw_cost(keys: Sequence[int], numbers: Numbers, day: date) -> DrawnChart:
    """Draw what a year of a workload costs at the prices of each model's vendor on the day. Three queries."""
    requests = numbers["requests"]
    workload = Workload(requests * DAYS_OF_YEAR, numbers["tokens_in"], numbers["tokens_out"])
    offers, costs = ModelOffers(keys, day), []
    for model in _models(keys):
        offer = offers.reference[model.key]
        prices = offer.token_prices(workload.tokens_in) if offer else {}
        costs.append((model, prices, workload.cost(prices)))
    costs.sort(key=lambda priced: priced[2].place)
    drawn = [(model, cost.amount) for model, _, cost in costs if cost.amount is not None]
    scale, ticks = from_zero([float(amount) for _, amount in drawn], "{:,.0f}", last=75)
    bars, rows = [], []
    for model, amount in drawn:
        about, x = format_html(SAID, model.vendor, amount=f"{amount:,.0f}"), percent(scale.share(float(amount)))
        bar = span("0", x, format_html(VALUE, x, f"{amount:,.0f}"))
        bars.append(Row(model.path, model.name, about, bar, "colour-ink"))
    for model, prices, cost in costs:
        cells = (
            ChartCell(in_usd(prices[meter]) if meter in prices else "", f"{meter}_price")
            for meter in (Meter.INPUT, Meter.OUTPUT)
        )
        rows.append(model.row(*cells, ChartCell("" if cost.amount is None else f"{cost.amount:,.2f}")))
    head = "Model", f"Input price, {PER_MILLION}", f"Output price, {PER_MILLION}", f"Cost of a year, {CURRENCY}"
    title = f"Cost of a year in {CURRENCY}, cheapest first. The amounts follow in words."
    chart = RowChart(title, bars, ticks, unit=f"{CURRENCY} a year")
    note = (
        f"{requests:,} requests a day for {DAYS_OF_YEAR} days, each with {workload.tokens_in:,} input and "
        f"{workload.tokens_out:,} output tokens, at the prices of each model’s vendor on that day."
    )
    absent = [model.name for model, _, cost in costs if cost.amount is None]
    note += f" Without a known price: {', '.join(absent)}." if absent else ""
    return DrawnChart(head, rows, _rows_picture(chart), note)


def draw_prices(keys: Sequence[int], _: Numbers, day: date) -> DrawnChart:
    """Draw the recorded prices of each model at its vendor over time, up to the day. Two queries."""
    models, steps = _models(keys), defaultdict(list)
    periods = ModelPeriod.objects.filter(model__in=keys, first_day__lte=day).order_by("first_day")
    for key, *step in periods.values_list("model_id", "first_day", "end_day", *DRAWN):
        if steps[key] and steps[key][-1][2:] == step[2:]:
            step[0] = steps[key].pop()[0]
        steps[key].append(step)
    colours = {vendor: number for number, vendor in enumerate(dict.fromkeys(model.vendor for model in models), 1)}
    seen, lines, rows = Counter(), defaultdict(list), []
    for model in models:
        second = " chart__steps--second" if seen[model.vendor] else ""
        style = f"colour-{colours[model.vendor]}{second}"
        seen[model.vendor] += 1
        for number, name in enumerate(DRAWN):
            line = [(start, end, prices[number]) for start, end, *prices in steps[model.key]]
            lines[name].append(PriceLine(model.name, line, style, model.path))
        priced_steps = [step for step in steps[model.key] if any(price is not None for price in step[2:])]
        first_day, end_day, *last = priced_steps[-1] if priced_steps else (None, None, None, None)
        is_past = end_day is not None and end_day <= day  # it has a price no more: a fact of today would be unknown
        earlier = [
            f"{in_usd(a)} / {in_usd(b)} from {start:%-d %B %Y}" for start, _, a, b in priced_steps if [a, b] != last
        ]
        since = f"{first_day:%-d %B %Y}" if priced_steps else ""
        since += f" to {end_day - timedelta(days=1):%-d %B %Y}" if end_day and is_past else ""
        cells = [
            ChartCell("" if price is None else in_usd(price), "" if is_past else name)
            for price, name in zip(last, DRAWN, strict=True)
        ]
        rows.append(model.row(*cells, ChartCell(since), ChartCell("; ".join(earlier) or "none known")))
    charts = [(PRICE_LABELS[name], PriceLines(lines[name], day)) for name in DRAWN]
    context = {"charts": [(label, chart) for label, chart in charts if chart.priced_lines]}
    head = "Model", f"Input price, {PER_MILLION}", f"Output price, {PER_MILLION}", "Since", "Earlier, input / output"
    note = "Prices at each model’s vendor. A line begins with the first known price, which may be older."
    return DrawnChart(head, rows, _picture("catalog/charts/_prices.html", context), note)


def draw_context(keys: Sequence[int], _: Numbers, day: date) -> DrawnChart:
    """Draw input prices by context windows, of the chosen models or of the latest current ones. One query."""
    models = read.models_on(day)
    models = models.filter(pk__in=keys) if keys else models.exclude(current_since="")
    points = points_of(models, "input_price", (), MOST_RECORDS)
    bands = ContextBands([*points.values()])
    rows = []
    for key, point in sorted(points.items(), key=lambda item: (item[1].price is None, item[1].price or 0)):
        window = ChartCell("" if point.x is None else f"{point.x:,}", "context_tokens")
        cells = ChartCell(point.vendor), window, ChartCell(point.price_cell, "input_price")
        rows.append(ChartRow(LABEL, key, point.name, point.url, cells))
    head = "Model", "Vendor", "Context window, tokens", f"Input price, {PER_MILLION}"
    note = f"Not drawn, because a value is unknown: {bands.not_drawn}." if bands.not_drawn else ""
    context = {"chart": bands, "label": PRICE_LABELS["input_price"]}
    return DrawnChart(head, rows, _picture("catalog/charts/_context.html", context), note)


class Lifespan(NamedTuple):
    """The days from the release of a model to its last day; the shortest are sorted first."""

    days: int
    is_past: bool
    name: str
    path: str

    @property
    def months(self) -> int:
        return _months(self.days)


class VendorLives(NamedTuple):
    """The models of a vendor with a known last day, the shortest lives first."""

    key: int
    name: str
    path: str
    lives: list[Lifespan]

    @property
    def has_median(self) -> bool:
        return len(self.lives) >= FEWEST_FOR_MEDIAN

    @property
    def median_days(self) -> int:
        return round(median(life.days for life in self.lives))

    @property
    def about(self) -> str:
        """Return how many models there are, and how many months they lasted, in words."""
        number = len(self.lives)
        months = dict.fromkeys([_months(self.median_days)] if self.has_median else [life.months for life in self.lives])
        lasted = f"{' and '.join(map(str, months))} month{'s' if max(months) != 1 else ''}"
        return f"{number} model{'s' if number > 1 else ''}, {'median ' if self.has_median else ''}{lasted}"

    @property
    def row(self) -> ChartRow:
        """Return the numbers behind the chart: of models, the shortest, median and longest life, and each."""
        numbers = len(self.lives), self.lives[0].days, self.median_days, self.lives[-1].days
        each = ChartCell("; ".join(f"{life.name} {life.days:,}" for life in self.lives))
        return ChartRow(
            VENDOR, self.key, self.name, self.path, [*(ChartCell(f"{number:,}") for number in numbers), each]
        )

    def bar(self, scale: LinearScale, labelled: Collection[Lifespan]) -> Row:
        """Return a dot for each model, and the line of the median; dots of `labelled` lives have their name above."""
        places = [round(100 * scale.share(life.days / DAYS_OF_YEAR), 2) for life in self.lives]
        heights, height = stacked(places)
        top = 0 if set(labelled).isdisjoint(self.lives) else NAMES_PX
        dots, labels = [], []
        for x, y, life in zip(places, heights, self.lives, strict=True):
            title = f"{life.name}, {life.months} months"
            dots.append((PAST if life.is_past else "", x, y + top, life.path, title))
            if life in labelled:
                labels.append((name_above(x, y + top, title, x > 50),))
        middle = percent(scale.share(self.median_days / DAYS_OF_YEAR))
        line = format_html(MEDIAN, middle, top) if self.has_median else ""
        elements = format_html("{}{}{}", format_html_join("", DOT, dots), line, format_html_join("", "{}", labels))
        return Row(self.path, self.name, self.about, elements, "colour-ink", height + top)


def draw_lives(keys: Sequence[int], _: Numbers, day: date) -> DrawnChart:
    """Draw how many days models lasted, by vendor: the chosen models, or all with a known last day. Two queries."""
    ends = ENDS.filter(bound=Bound.EXACT).order_by("date")
    ends = [end for end in (ends.filter(model_id__in=keys) if keys else ends) if end.row["is_of_model"]]
    vendors = _lives_by_vendor(ends, day)
    lives = sorted(life for vendor in vendors for life in vendor.lives)
    scale, ticks = from_zero([life.days / DAYS_OF_YEAR for life in lives], "{:g}")
    labelled = {lives[0], lives[-1]} if len(lives) >= FEWEST_FOR_MEDIAN else set()
    years = "Years from release to the last day"
    chart = RowChart(
        f"{years}, a dot for each model, by vendor.",
        [vendor.bar(scale, labelled) for vendor in vendors],
        ticks,
        unit=years,
        group=years,
    )
    note = (
        f"Each dot is one of {len(lives)} models with a known release and last day. Hollow dots are models already "
        "switched off. The red line is the median, shown where a vendor has at least three models."
    )
    if absent := len({end.model_id for end in ends}) - len(lives):
        note += (
            f" Not drawn: {absent} more, with an unknown or implausible release date, or of a vendor that is not shown."
        )
    head = "Vendor", "Models", "Shortest, days", "Median, days", "Longest, days", "Each, days"
    return DrawnChart(head, [vendor.row for vendor in vendors], _rows_picture(chart), note, _half_of(lives))


def _lives_by_vendor(ends: Iterable[TimelineEntry], day: date) -> list[VendorLives]:
    """Return the vendors with the most models that ended, each model with its first vendor. One query."""
    lasted_by_model = {
        end.model_id: (end.row["days"], end.last_day <= day) for end in ends if (end.row["days"] or -1) >= 0
    }
    lives, vendors = defaultdict(list), {}
    for model in _models([*lasted_by_model]):
        if model.vendors:
            vendor = model.vendors[0]
            vendors[vendor["name"]] = vendor
            lives[vendor["name"]].append(Lifespan(*lasted_by_model[model.key], model.name, model.path))
    order = sorted(lives, key=lambda name: (-len(lives[name]), name))[:MOST_ENDS]
    addresses = {name: path(Vendor, vendors[name]["slug"]) or "" for name in order}
    return [VendorLives(int(vendors[name]["id"]), name, addresses[name], sorted(lives[name])) for name in order]


def _half_of(lives: Sequence[Lifespan]) -> str:
    """Return between how many months half of the models lasted, as a sentence; "" for too few."""
    if len(lives) < FEWEST_FOR_MEDIAN:
        return ""
    quarters = quantiles([life.days for life in lives], method="inclusive")
    months = dict.fromkeys(str(_months(days)) for days in quarters[::2])
    return f"Of {len(lives)} models with a known last day, half last {' to '.join(months)} months"


def _months(days: float) -> int:
    return round(days * 12 / DAYS_OF_YEAR)


CHARTS = {
    "timeline": ChartKind(
        "Timeline of last days",
        "From release to the last day. Without models: the next ones to end.",
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
    "prices": ChartKind("Price history", "Input and output price over time, as recorded.", draw_prices, most=8),
    "context": ChartKind(
        "Price by context window",
        "Each model by its context window and input price. Without models: the latest current ones.",
        draw_context,
        is_of_all=True,
    ),
    "lives": ChartKind(
        "How long models lived",
        "Days from release to the last day, by vendor. Without models: all with a known last day.",
        draw_lives,
        is_of_all=True,
    ),
}

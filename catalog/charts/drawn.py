"""The charts that texts can show of models: each draws the chosen ones on a day, and gives the table behind it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
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
from catalog.documents.on_day import CatalogueOnDay
from catalog.documents.sync.head import IS_CURRENT
from catalog.lifecycle.timeline import ENDS, NOT_BEFORE, Life, lifetimes, retirements_ahead
from catalog.models import AIModel, ModelPeriod, Vendor
from catalog.presenting.rows import path
from catalog.rules.choices import Meter
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import CURRENCY, PRICE_LABELS
from catalog.rules.status import Bound
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
from ops.db.compiled import CompiledQuery
from publishing.rendering.tables.sources import ChartCell, ChartKind, ChartNumber, ChartRow, DrawnChart
from publishing.richtext.table_element import MOST_RECORDS

LABEL, VENDOR = AIModel._meta.label_lower, Vendor._meta.label_lower
MOST_ENDS = 12
EARLIEST = date(2018, 1, 1)
DAYS_OF_YEAR = 365
PAST = " lifetimes__dot--past"
SAID = f'{{}}<span class="visually-hidden">, {{amount}} {CURRENCY} a year</span>'
PER_MILLION = f"{CURRENCY} per million tokens"
LIVES = CompiledQuery(
    ENDS.filter(bound=Bound.EXACT, row__is_of_model=True)
    .order_by("date")
    .values_list("model_id", "name", "path", "last_day", "row__days", "row__vendors", IS_CURRENT)
)
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


def _models(keys: Sequence[int], catalogue: CatalogueOnDay) -> list[Shown]:
    """Return the models in the order of their keys."""
    rows = catalogue.models(keys).values()
    return [Shown(row.key, row.name, row.row["path"] or "", tuple(row.row["vendors"]), row.released_on) for row in rows]


def _picture(template: str, context: dict) -> Callable[[str], str]:
    return lambda name: render_to_string(template, {"name": name, **context})


def _rows_picture(chart: RowChart) -> Callable[[str], str]:
    return _picture("catalog/charts/_rows.html", {"chart": chart})


def draw_timeline(keys: Sequence[int], _: Numbers, catalogue: CatalogueOnDay) -> DrawnChart:
    """Draw the lives of the chosen models, or of the next ones to end. One query beside those of the catalogue."""
    day = catalogue.day
    ends = list(ENDS.filter(model_id__in=keys)) if keys else list(retirements_ahead(day)[: 3 * MOST_ENDS])
    ends = [end for end in ends if end.row["is_of_model"]] if keys else ends
    by_model = {end.model_id: end for end in sorted(ends, key=lambda end: end.date, reverse=not keys)}
    keys = keys or sorted(by_model, key=lambda key: by_model[key].date)[:MOST_ENDS]
    lives, rows = [], []
    for model in _models(keys, catalogue):
        end = by_model.get(model.key)
        lives.append(Life.of(end) if end else Life(model.name, model.path, model.released_on, who=model.vendor))
        said = f"{NOT_BEFORE if end.bound == Bound.NOT_BEFORE else ''}{end.period}" if end else "none announced"
        where = "" if end is None or end.row["is_by_vendor"] else f" via {end.places}"
        released = str(PartialDate.parse(model.released_on)) if model.released_on else ""
        cells = ChartCell(model.vendor), ChartCell(released, "released_on")
        rows.append(model.row(*cells, ChartCell(f"{said}{where}", "retired_on")))
    if not rows:
        return DrawnChart((), (), lambda name: "")
    known = [PartialDate.parse(life.released_on).first_day for life in lives if life.released_on]
    said = "today" if day == timezone.localdate() else f"{day:%-d %b %Y}"
    first = max(min(known, default=day), EARLIEST).replace(month=1, day=1)
    chart = lifetimes(lives, day, first, said)
    head = "Model", "Vendor", "Released", "Last day"
    hollow = "; a hollow mark is the earliest possible day" if any(life.is_open for life in lives) else ""
    past = "; grey: the last day has passed" if any(row.style for row in chart.rows) else ""
    return DrawnChart(head, rows, _rows_picture(chart), f"The next six months are shaded{past}{hollow}.")


def draw_cost(keys: Sequence[int], numbers: Numbers, catalogue: CatalogueOnDay) -> DrawnChart:
    """Draw what a year of a workload costs at the prices of each model's vendor on the day."""
    requests = numbers["requests"]
    workload = Workload(requests * DAYS_OF_YEAR, numbers["tokens_in"], numbers["tokens_out"])
    offers, costs = ModelOffers(keys, catalogue), []
    for model in _models(keys, catalogue):
        offer = offers.reference[model.key]
        prices = offer.token_prices(workload.tokens_in) if offer else {}
        costs.append((model, prices, workload.cost(prices)))
    costs.sort(key=lambda one: one[2].place)
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


def draw_prices(keys: Sequence[int], _: Numbers, catalogue: CatalogueOnDay) -> DrawnChart:
    """Draw the recorded prices of each model at its vendor over time, up to the day. One query beside the models."""
    day, models, steps = catalogue.day, _models(keys, catalogue), defaultdict(list)
    periods = ModelPeriod.objects.filter(model__in=keys, first_day__lte=day).order_by("first_day")
    for key, *found in periods.values_list("model_id", "first_day", "end_day", *DRAWN):
        if steps[key] and steps[key][-1][2:] == found[2:]:
            found[0] = steps[key].pop()[0]
        steps[key].append(found)
    colours = {vendor: number for number, vendor in enumerate(dict.fromkeys(model.vendor for model in models), 1)}
    seen, lines, rows = Counter(), defaultdict(list), []
    for model in models:
        second = " chart__steps--second" if seen[model.vendor] else ""
        style = f"colour-{colours[model.vendor]}{second}"
        seen[model.vendor] += 1
        for number, name in enumerate(DRAWN):
            line = [(start, end, prices[number]) for start, end, *prices in steps[model.key]]
            lines[name].append(PriceLine(model.name, line, style, model.path))
        known = [step for step in steps[model.key] if any(price is not None for price in step[2:])]
        first_day, end_day, *last = known[-1] if known else (None, None, None, None)
        is_past = end_day is not None and end_day <= day  # it has a price no more: a fact of today would be unknown
        earlier = [f"{in_usd(a)} / {in_usd(b)} from {start:%-d %B %Y}" for start, _, a, b in known if [a, b] != last]
        since = f"{first_day:%-d %B %Y}" if known else ""
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


def draw_context(keys: Sequence[int], _: Numbers, catalogue: CatalogueOnDay) -> DrawnChart:
    """Draw input prices by context windows, of the chosen models or of the latest current ones. One query."""
    models = read.models_on(catalogue.day)
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


def draw_lives(keys: Sequence[int], _: Numbers, catalogue: CatalogueOnDay) -> DrawnChart:
    """Draw how many days models lasted, by vendor: the chosen models, or all with a known last day. Two queries."""
    ends = [end for end in read.stamped(LIVES.rows) if not keys or end[0] in keys]
    known = {key: life for key, *life in ends if (life[-2] or -1) >= 0}
    vendors = {name: (pk, slug) for pk, name, slug in Vendor.objects.published().values_list("pk", "name", "slug")}
    lives, paths = defaultdict(list), {}
    for name, address, last_day, days, names in known.values():
        if vendor := next((one for one in names if one in vendors), None):
            key, slug = vendors[vendor]
            paths[vendor] = key, path(Vendor, slug) or ""
            lives[vendor].append((days, last_day <= catalogue.day, name, address))
    order = sorted(lives, key=lambda name: (-len(lives[name]), name))[:MOST_ENDS]
    lasted = sorted(life for name in order for life in lives[name])
    scale, ticks = from_zero([days / DAYS_OF_YEAR for days, *_ in lasted], "{:g}")
    drawn = len(lasted)
    named_ones = {lasted[0], lasted[-1]} if drawn >= FEWEST_FOR_MEDIAN else ()
    rows, bars = [], []
    for name in order:
        of_vendor, (key, address) = sorted(lives[name]), paths[name]
        days = [days for days, *_ in of_vendor]
        middle = round(median(days))
        places = [round(100 * scale.share(one / DAYS_OF_YEAR), 2) for one in days]
        heights, height = stacked(places)
        top = NAMES_PX if not {*of_vendor}.isdisjoint(named_ones) else 0
        dots = [(x, y + top, life) for x, y, life in zip(places, heights, of_vendor, strict=True)]
        said = [f"{life[2]}, {round(life[0] * 12 / DAYS_OF_YEAR)} months" for life in of_vendor]
        names = [
            name_above(x, y, words, x > 50)
            for (x, y, life), words in zip(dots, said, strict=True)
            if life in named_ones
        ]
        is_many = len(days) >= FEWEST_FOR_MEDIAN
        months = dict.fromkeys(round(one * 12 / DAYS_OF_YEAR) for one in ([middle] if is_many else days))
        lasted_for = f"{'median ' * is_many}{' and '.join(map(str, months))} month{'s' * (max(months) != 1)}"
        about = f"{len(days)} model{'s' if len(days) > 1 else ''}, {lasted_for}"
        mark = format_html(MEDIAN, percent(scale.share(middle / DAYS_OF_YEAR)), top) if is_many else ""
        each = zip(dots, said, strict=True)
        circles = format_html_join("", DOT, ((PAST * life[1], x, y, life[3], words) for (x, y, life), words in each))
        marks = format_html("{}{}{}", circles, mark, format_html_join("", "{}", ([one] for one in names)))
        bars.append(Row(address, name, about, marks, "colour-ink", height + top))
        numbers = (len(days), days[0], middle, days[-1])
        named_all = ChartCell("; ".join(f"{life[2]} {life[0]:,}" for life in of_vendor))
        cells = [*(ChartCell(f"{one:,}") for one in numbers), named_all]
        rows.append(ChartRow(VENDOR, key, name, address, cells))
    head = "Vendor", "Models", "Shortest, days", "Median, days", "Longest, days", "Each, days"
    years = "Years from release to the last day"
    chart = RowChart(f"{years}, a dot for each model, by vendor.", bars, ticks, unit=years, group=years)
    quarters = quantiles([days for days, *_ in lasted], method="inclusive") if drawn >= FEWEST_FOR_MEDIAN else []
    months = dict.fromkeys(str(round(days * 12 / DAYS_OF_YEAR)) for days in quarters[::2])
    finding = f"Of {drawn} models with a known last day, half last {' to '.join(months)} months" if months else ""
    absent = len({key for key, *_ in ends}) - drawn
    note = (
        f"Each dot is one of {drawn} models with a known release and last day. Hollow dots are models already switched "
        "off. The red line is the median, shown where a vendor has at least three models."
    )
    left_out = (
        f" Not drawn: {absent} more, with an unknown or implausible release date, or of a vendor that is not shown."
    )
    return DrawnChart(head, rows, _rows_picture(chart), note + left_out * bool(absent), finding)


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

"""Charts of the models of a list, with the same parameters: price by context window and by benchmark, and releases."""

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from catalog.browse.facets import Facets
from catalog.browse.filters import NAMES, SLUG
from catalog.browse.listing import ModelListQuery, active_filters
from catalog.browse.order import LATEST_FIRST
from catalog.charts.releases import Releases
from catalog.charts.scatter import Point, Scatter, colours_of
from catalog.models import AIModel, BenchmarkResult, ModelSummary
from catalog.pages.context import page_context
from catalog.pages.rows import path
from catalog.rules.choices import ModelKind
from catalog.rules.prices import PRICE_LABELS
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, one_of, words
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable

MOST_DRAWN = 500  # so that they can be told apart
MOST_HIGHLIGHTED = 10
FEWEST_RESULTS = 3
SETTINGS = ("dataset", "variant", "harness")
TITLE = "Charts of AI models"
ABOUT = "Prices by context window and by benchmark, and releases, each with a table."
PRICES = {name: PRICE_LABELS[name] for name in ("input_price", "output_price", "blended_price")}
CHART_NAMES = (*NAMES, "price", "score", "highlight")
COLUMNS = ("pk", "name", "show", "slug", "context_tokens", "row__vendors", "price_at")


@dataclass(frozen=True)
class ChartChoices:
    """The choices of a reader: the price, the benchmark ("" for the one with the most results), highlighted slugs."""

    price: str
    benchmark: str
    highlighted: tuple[str, ...]

    @classmethod
    def parse(cls, parameters: QueryDict) -> "ChartChoices":
        """Raises BadRequest for an unknown price. Of the slugs, the first ten count."""
        price = one_of(parameters.get("price") or "input_price", "price", PRICES)
        slugs = dict.fromkeys(slug for slug in parameters.getlist("highlight") if SLUG.fullmatch(slug))
        return cls(price, words(parameters.get("score", ""), 160), (*slugs,)[:MOST_HIGHLIGHTED])

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters without defaults."""
        price = [("price", self.price)] if self.price != "input_price" else []
        benchmark = [("score", self.benchmark)] if self.benchmark else []
        return [*price, *benchmark, *(("highlight", slug) for slug in self.highlighted)]


@cacheable()
@safe_only
def charts(request: HttpRequest) -> HttpResponse:
    """Show the charts; redirect to the canonical form of the parameters, as for the list."""
    listing = ModelListQuery.parse(request.GET)
    choices = ChartChoices.parse(request.GET)
    pairs = [*listing.filters.pairs(), *choices.pairs()]
    if redirect := canonical_redirect(request, pairs, CHART_NAMES):
        return redirect
    facets = Facets(listing.filters, timezone.localdate())
    releases = Releases(facets.models(is_counted=True))
    priced = facets.models()
    if not listing.filters.is_of_encoders:
        priced = priced.exclude(kind=ModelKind.ENCODER)
    points = _points(priced, choices)
    colours = colours_of(points.values())
    draw = partial(Scatter, colours=colours, highlighted=choices.highlighted)
    results = Benchmarks(points, choices.benchmark)
    step, canonical = {"title": "Charts", "url": request.path}, absolute(listing.charts_url)
    context = {
        **page_context(request, TITLE, ABOUT, step, canonical=canonical, is_indexable=not pairs),
        "listing": listing,
        "chosen": active_filters(listing, facets),
        "total": releases.total,
        "releases": releases,
        "is_cut": releases.total > MOST_DRAWN,
        "price_label": PRICES[choices.price],
        "prices": [(name, label, name == choices.price) for name, label in PRICES.items()],
        "filters": listing.filters.pairs(),
        "by_context": draw([*points.values()], x_words=_tokens, is_log=True),
        "by_benchmark": draw(results.points, x_words="{:g}".format, is_log=False),
        "benchmarks": results,
        "named": sorted((point.name, point.slug, point.slug in choices.highlighted) for point in points.values()),
        "highlighted": choices.highlighted,
        "colours": colours,
        "most_drawn": MOST_DRAWN,
        "is_without_encoders": not listing.filters.is_of_encoders,
    }
    return render(request, "catalog/charts/charts.html", context)


def _points(models: QuerySet[ModelSummary], choices: ChartChoices) -> dict[int, Point]:
    """Return the highlighted models and the latest releases, by key. Two queries, one without highlighted ones."""
    found = {}
    for some in (models.filter(slug__in=choices.highlighted), models)[not choices.highlighted :]:
        rows = some.order_by(*LATEST_FIRST).values_list(*COLUMNS, choices.price)[:MOST_DRAWN]
        for pk, name, show, slug, context, vendors, price_at, price in rows:
            found[pk] = Point(
                f"“{name}”" if show == "unverified" else name,
                slug,
                path(AIModel, slug) or "",
                vendors[0]["name"] if vendors else "",
                price,
                price_at,
                context,
                "" if context is None else f"{context:,} tokens",
            )
    return found


class Benchmarks:
    """The highest score of each model in the chosen test, or else in the one with the most models. One query."""

    def __init__(self, models: dict[int, Point], chosen: str):
        best: dict[str, dict[int, Any]] = defaultdict(dict)
        rows = BenchmarkResult.objects.filter(model__in=models).order_by("-score", "pk")
        for result in rows.values_list("model", "name", "version", "score", "metric", *SETTINGS, named=True):
            best[f"{result.name} {result.version}".strip()].setdefault(result.model, result)
        known = {test: found for test, found in best.items() if len(found) >= FEWEST_RESULTS}
        names = sorted(known, key=lambda test: (-len(known[test]), test))
        self.chosen = chosen if chosen in known else next(iter(names), "")
        self.options = [(test, len(known[test]), test == self.chosen) for test in names]
        self.is_unknown = bool(chosen) and chosen != self.chosen
        results = known.get(self.chosen, {})
        self.points = [_scored(point, results.get(pk)) for pk, point in models.items()]


def _scored(point: Point, result: Any | None) -> Point:
    if result is None:
        return point._replace(x=None)
    score = f"{result.score.normalize():f} {result.metric}".strip()
    settings = ", ".join(filter(None, (getattr(result, name) for name in SETTINGS)))
    return point._replace(x=float(result.score), x_cell=score, note=settings)


def _tokens(value: float) -> str:
    """Return 100,000 as "100k" and 2,000,000 as "2M"."""
    for size, letter in ((10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"

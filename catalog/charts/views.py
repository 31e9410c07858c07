"""Charts of the models of a list, with the same parameters: price by context window and by benchmark, and releases."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from catalog.browse.facets import Facets
from catalog.browse.filters import NAMES, SLUG
from catalog.browse.listing import ModelListQuery, active_filters
from catalog.charts.bands import ContextBands
from catalog.charts.releases import Releases
from catalog.charts.scatter import Point, Scatter, points_of, tokens
from catalog.models import BenchmarkResult
from catalog.pages.context import page_context
from catalog.rules.choices import ModelKind
from catalog.rules.prices import PRICE_LABELS
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, one_of, words
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable

MOST_DRAWN = 500  # so that they can be told apart
MOST_HIGHLIGHTED = 10
HIGHLIGHTED = "model"  # also in static/js/chart.js, which offers it for texts
FEWEST_RESULTS = 3
SETTINGS = ("dataset", "variant", "harness")
TITLE = "Charts of AI models"
ABOUT = "What a price buys: benchmark scores and context windows of current models, and releases by year."
PRICES = {name: PRICE_LABELS[name] for name in ("input_price", "output_price", "blended_price")}
CHART_NAMES = (*NAMES, "price", "score", HIGHLIGHTED)


@dataclass(frozen=True)
class ChartChoices:
    """The choices of a reader: the price, the benchmark ("" for the default), highlighted slugs."""

    price: str
    benchmark: str
    highlighted: tuple[str, ...]

    @classmethod
    def parse(cls, parameters: QueryDict) -> "ChartChoices":
        """Raises BadRequest for an unknown price. Of the slugs, the first ten count."""
        price = one_of(parameters.get("price") or "input_price", "price", PRICES)
        slugs = dict.fromkeys(slug for slug in parameters.getlist(HIGHLIGHTED) if SLUG.fullmatch(slug))
        return cls(price, words(parameters.get("score", ""), 160), (*slugs,)[:MOST_HIGHLIGHTED])

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters without defaults."""
        price = [("price", self.price)] if self.price != "input_price" else []
        benchmark = [("score", self.benchmark)] if self.benchmark else []
        return [*price, *benchmark, *((HIGHLIGHTED, slug) for slug in self.highlighted)]


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
    points = points_of(priced, choices.price, choices.highlighted, MOST_DRAWN)
    results = Benchmarks(points, choices.benchmark)
    step, canonical = {"title": "Charts", "url": request.path}, absolute(listing.charts_url)
    context = {
        **page_context(request, TITLE, ABOUT, step, canonical=canonical, is_indexable=not pairs),
        "listing": listing,
        "chosen": active_filters(listing, facets),
        "total": releases.total,
        "releases": releases,
        "year": str(timezone.localdate().year),
        "is_cut": releases.total > MOST_DRAWN,
        "price_label": PRICES[choices.price],
        "prices": [(name, label, name == choices.price) for name, label in PRICES.items()],
        "filters": listing.filters.pairs(),
        "by_context": ContextBands([*points.values()], choices.highlighted, tokens),
        "by_benchmark": Scatter(results.points, choices.highlighted, "{:g}".format, is_log=False),
        "benchmarks": results,
        "named": sorted((point.name, point.slug, point.slug in choices.highlighted) for point in points.values()),
        "highlighted": choices.highlighted,
        "most_drawn": MOST_DRAWN,
        "is_without_encoders": not listing.filters.is_of_encoders,
    }
    return render(request, "catalog/charts/charts.html", context)


class Benchmarks:
    """The highest score of each model in the chosen test, or else in that with the most models that last. One query."""

    def __init__(self, models: dict[int, Point], chosen: str):
        best: dict[str, dict[int, Any]] = defaultdict(dict)
        rows = BenchmarkResult.objects.filter(model__in=models).order_by("-score", "pk")
        for result in rows.values_list("model", "name", "version", "score", "metric", *SETTINGS, named=True):
            best[f"{result.name} {result.version}".strip()].setdefault(result.model, result)
        known = {test: found for test, found in best.items() if len(found) >= FEWEST_RESULTS}
        lasting = {pk for pk, point in models.items() if not point.is_ending and point.price is not None}
        names = sorted(known, key=lambda test: (-len(lasting & known[test].keys()), -len(known[test]), test))
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

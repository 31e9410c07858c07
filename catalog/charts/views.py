"""Charts of the models of a list, with the same parameters: prices by benchmark and by context window, and lives."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from catalog.browse.facets import Facets
from catalog.browse.filters import NAMES, SLUG
from catalog.browse.listing import ModelListQuery, active_filters
from catalog.charts.bands import ContextBands
from catalog.charts.scatter import Point, Scatter, points_of, tokens
from catalog.integration.charts import draw_lives
from catalog.models import BenchmarkResult
from catalog.news.timeline import HALF_A_YEAR
from catalog.pages.context import page_context
from catalog.pages.rows import SHARES
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
TITLE = "Charts of AI models"
ABOUT = "How long AI models last, and what a larger context window costs."
MODEL_CARDS = "huggingface.co"  # by the publishers of the models
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
    total, priced = facets.models(is_counted=True).count(), facets.models()
    if not listing.filters.is_of_encoders:
        priced = priced.exclude(kind=ModelKind.ENCODER)
    points = points_of(priced, choices.price, choices.highlighted, MOST_DRAWN)
    results = Benchmarks(points, choices.benchmark)
    lives = draw_lives([*points, 0] if listing.filters.pairs() else (), {}, timezone.localdate())
    step, canonical = {"title": "Charts", "url": request.path}, absolute(listing.charts_url)
    context = {
        **page_context(request, TITLE, ABOUT, step, canonical=canonical, is_indexable=not pairs),
        "listing": listing,
        "chosen": active_filters(listing, facets),
        "total": total,
        "lives": lives,
        "lives_picture": lives.picture("lives"),
        "left_out": max(total - len(points), 0),
        "price_label": PRICES[choices.price],
        "prices": [(name, label, name == choices.price) for name, label in PRICES.items()],
        "filters": listing.filters.pairs(),
        "by_context": ContextBands([*points.values()], choices.highlighted, tokens),
        "by_benchmark": Scatter(results.points, choices.highlighted, "{:g}".format, is_log=False),
        "benchmarks": results,
        "named": sorted((point.name, point.slug, point.slug in choices.highlighted) for point in points.values()),
        "highlighted": choices.highlighted,
        "most_drawn": MOST_DRAWN if total > MOST_DRAWN else 0,
    }
    return render(request, "catalog/charts/charts.html", context)


class Benchmarks:
    """The highest score of each model in one setting of a benchmark, from the same program and data set. One query.

    By default that with the most models that last, if possible one of which the setting is stated.
    """

    def __init__(self, models: dict[int, Point], chosen: str):
        best: dict[tuple[str, str], dict[int, Any]] = defaultdict(dict)
        rows = BenchmarkResult.objects.filter(model__in=models).order_by("-score", "pk")
        for result in rows.values_list(
            "model", "name", "version", "dataset", "variant", "harness", "metric", "score", "source_url", named=True
        ):
            test = ", ".join(filter(None, [f"{result.name} {result.version}".strip(), *result[3:6]]))
            best[test, result.metric].setdefault(result.model, result)
        served = {pk for pk, point in models.items() if point.price is not None and not point.is_ending}
        drawn = {test: [pk for pk in found if models[pk].price is not None] for test, found in best.items()}
        known = {test: pks for test, pks in drawn.items() if len(pks) >= FEWEST_RESULTS}

        def place(test: tuple[str, str]) -> tuple:
            is_stated = any(any(result[3:6]) for result in best[test].values())
            return not is_stated, -len(served.intersection(known[test])), -len(known[test]), test

        labels = {", ".join(filter(None, test)): test for test in sorted(known, key=place)}
        self.label = chosen if chosen in labels else next(iter(labels), "")
        self.test, self.metric = labels.get(self.label, ("", ""))
        self.options = [(label, len(known[test]), label == self.label) for label, test in labels.items()]
        self.is_unknown = bool(chosen) and chosen != self.label
        results = best.get((self.test, self.metric), {})
        self.points = [self._scored(point, results.get(pk)) for pk, point in models.items()]
        self.newest = max((point.released_on for point in self.points if point.x is not None), default="")
        self.is_dated = "" < self.newest < str(timezone.localdate() - HALF_A_YEAR)
        self.verb, self.unit = ("solves", "% of tasks") if self.metric in SHARES else ("scores", self.metric or "score")

    def _scored(self, point: Point, result: Any | None) -> Point:
        if result is None:
            return point._replace(x=None)
        score = f"{result.score.normalize():f}"
        said = f"{score}% of tasks" if self.metric in SHARES else f"{score} {self.metric.removeprefix('score')}".strip()
        host = urlsplit(result.source_url).hostname or ""
        is_own = host == MODEL_CARDS or (point.vendor.lower().split() or ["?"])[0] in host.split(".")
        return point._replace(x=float(result.score), x_cell=said, note=host.removeprefix("www."), is_own=is_own)

"""Charts of the models of a list, with the same parameters: how long models last, and prices by context window."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from catalog.browse.facets import Facets
from catalog.browse.filters import NAMES, SLUG
from catalog.browse.listing import ModelListQuery, active_filters
from catalog.charts.bands import ContextBands
from catalog.charts.drawn import draw_lives
from catalog.charts.points import points_of
from catalog.documents.on_day import CatalogueOnDay
from catalog.presenting.context import page_context
from catalog.rules.choices import ModelKind
from catalog.rules.prices import PRICE_LABELS
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, one_of
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from publishing.site.current import site_of

MOST_DRAWN = 500  # so that they can be told apart
MOST_HIGHLIGHTED = 10
HIGHLIGHTED = "model"  # also in static/js/chart.js, which offers it for texts
TITLE = "Charts of AI models"
ABOUT = "How long AI models last, and what a larger context window costs."
PRICES = {name: PRICE_LABELS[name] for name in ("input_price", "output_price", "blended_price")}
CHART_NAMES = (*NAMES, "price", "score", HIGHLIGHTED)  # "score" is of former addresses


@dataclass(frozen=True)
class ChartChoices:
    """The choices of a reader: the price, and highlighted slugs."""

    price: str
    highlighted: tuple[str, ...]

    @classmethod
    def parse(cls, parameters: QueryDict) -> "ChartChoices":
        """Raises BadRequest for an unknown price. Of the slugs, the first ten count."""
        price = one_of(parameters.get("price") or "input_price", "price", PRICES)
        slugs = dict.fromkeys(slug for slug in parameters.getlist(HIGHLIGHTED) if SLUG.fullmatch(slug))
        return cls(price, (*slugs,)[:MOST_HIGHLIGHTED])

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters without defaults."""
        price = [("price", self.price)] if self.price != "input_price" else []
        return [*price, *((HIGHLIGHTED, slug) for slug in self.highlighted)]


@cacheable()
@safe_only
def charts(request: HttpRequest) -> HttpResponse:
    """Show the charts; redirect to the canonical form of the parameters, as for the list."""
    listing = ModelListQuery.parse(request.GET)
    choices = ChartChoices.parse(request.GET)
    pairs = [*listing.filters.pairs(), *choices.pairs()]
    if redirect := canonical_redirect(request, pairs, CHART_NAMES):
        return redirect
    facets = Facets(listing.filters, timezone.localdate(), site_of(request).shown_name)
    total, priced = facets.models(is_counted=True).count(), facets.models()
    if not listing.filters.is_of_encoders:
        priced = priced.exclude(kind=ModelKind.ENCODER)
    points = points_of(priced, choices.price, choices.highlighted, MOST_DRAWN)
    lives = draw_lives([*points, 0] if listing.filters.pairs() else (), {}, CatalogueOnDay(timezone.localdate()))
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
        "by_context": ContextBands([*points.values()], choices.highlighted),
        "named": sorted(
            (point.name, point.slug, point.slug in choices.highlighted)
            for point in points.values()
            if None not in (point.price, point.x) or point.slug in choices.highlighted
        ),
        "highlighted": choices.highlighted,
        "most_drawn": MOST_DRAWN if total > MOST_DRAWN else 0,
    }
    return render(request, "catalog/charts/charts.html", context)

"""Charts of the models of a list, with the same parameters: how long models last, and prices by context window."""

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


def chosen(parameters: QueryDict) -> tuple[str, tuple[str, ...], list[tuple[str, str]]]:
    """Return the price, the highlighted slugs, of which the first ten count, and the query parameters without defaults.

    Raises BadRequest for an unknown price.
    """
    price = one_of(parameters.get("price") or "input_price", "price", PRICES)
    slugs = dict.fromkeys(slug for slug in parameters.getlist(HIGHLIGHTED) if SLUG.fullmatch(slug))
    highlighted = (*slugs,)[:MOST_HIGHLIGHTED]
    pairs = [("price", price)] if price != "input_price" else []
    return price, highlighted, pairs + [(HIGHLIGHTED, slug) for slug in highlighted]


@cacheable()
@safe_only
def charts(request: HttpRequest) -> HttpResponse:
    """Show the charts; redirect to the canonical form of the parameters, as for the list."""
    listing = ModelListQuery.parse(request.GET)
    price, highlighted, own_pairs = chosen(request.GET)
    pairs = [*listing.filters.pairs(), *own_pairs]
    if redirect := canonical_redirect(request, pairs, CHART_NAMES):
        return redirect
    facets = Facets(listing.filters, timezone.localdate(), site_of(request).shown_name)
    total, priced = facets.models(is_counted=True).count(), facets.models()
    if not listing.filters.is_of_encoders:
        priced = priced.exclude(kind=ModelKind.ENCODER)
    points = points_of(priced, price, highlighted, MOST_DRAWN)
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
        "price_label": PRICES[price],
        "prices": [(name, label, name == price) for name, label in PRICES.items()],
        "filters": listing.filters.pairs(),
        "by_context": ContextBands([*points.values()], highlighted),
        "named": sorted(
            (point.name, point.slug, point.slug in highlighted)
            for point in points.values()
            if None not in (point.price, point.x) or point.slug in highlighted
        ),
        "highlighted": highlighted,
        "most_drawn": MOST_DRAWN if total > MOST_DRAWN else 0,
    }
    return render(request, "catalog/charts/charts.html", context)

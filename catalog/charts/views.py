"""The page of charts for the models of a list, with the same parameters as the list."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from catalog.browse.facets import Facets
from catalog.browse.filters import NAMES
from catalog.browse.groups import SHOW
from catalog.browse.listing import ModelListQuery, active_filters
from catalog.charts.prices import MOST_DRAWN, Prices
from catalog.charts.releases import Releases
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from publishing.pages.metadata import page_metadata

TITLE = "Charts of AI models"
ABOUT = "Charts of release dates, and of prices by context window, each with a table."


@cacheable()
@safe_only
def charts(request):
    """Show the charts; redirect to the canonical form of the parameters, as for the list."""
    listing = ModelListQuery.parse(request.GET)
    pairs = listing.filters.pairs()
    redirect = canonical_redirect(request, pairs, NAMES)
    if redirect:
        return redirect
    today = timezone.localdate()
    facets = Facets(listing.filters, today)
    releases = Releases(facets.models(is_counted=True))
    crumbs = [{"title": "Models", "url": reverse("catalog:list")}, {"title": "Charts", "url": request.path}]
    address = f"{request.path}?{urlencode(pairs)}" if pairs else request.path
    context = {
        "title": TITLE,
        "about": ABOUT,
        "listing": listing,
        "chosen": active_filters(listing, facets),
        "show": {"value": listing.filters.show, "label": SHOW[listing.filters.show]},
        "total": releases.total,
        "releases": releases,
        "prices": Prices(facets.models(), releases.total),
        "most_drawn": MOST_DRAWN,
        "today": today,
        "breadcrumbs": crumbs,
        "metadata": page_metadata(
            request, TITLE, ABOUT, canonical=absolute(address), is_indexable=not pairs, crumbs=crumbs
        ),
    }
    return render(request, "catalog/charts/charts.html", context)

"""The page of charts for the models of a list, with the same parameters as the list; and the chart of releases."""

from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import Substr
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from catalog.browse.facets import Facets
from catalog.browse.filters import NAMES
from catalog.browse.groups import SHOW
from catalog.browse.listing import ModelListQuery, active_filters
from catalog.charts.drawing import NARROW, WIDE, Chart, ChartArea, ChartMark, ChartText, without_collisions
from catalog.charts.prices import MOST_DRAWN, Prices
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from publishing.pages.metadata import page_metadata

TITLE = "Charts of AI models"
ABOUT = "Charts of release dates, and of prices by context window, each with a table."
MOST_BARS = 32


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


class Releases:
    """The counts by year, computed in one query, so that their cost does not depend on the number of models.

    `total` is always exact.
    """

    def __init__(self, models):
        rows = models.order_by().values_list(Substr("released_on", 1, 4))
        self.years = dict(rows.annotate(models=Count("pk")))
        self.total = sum(self.years.values())
        self.unknown = self.years.pop("", 0)

    @cached_property
    def bars(self) -> list[tuple[str, int]]:
        """Return each year with its number of models; the first counts all before it too if these are many."""
        if not self.years:
            return []
        known = {int(year): count for year, count in self.years.items()}
        first = max(min(known), max(known) + 1 - MOST_BARS)
        before = sum(count for year, count in known.items() if year < first)
        found = [(str(year), known.get(year, 0)) for year in range(first, max(known) + 1)]
        return [(f"{first} and before", found[0][1] + before), *found[1:]] if before else found

    @property
    def pictures(self) -> list[Chart]:
        return [self._picture(plane) for plane in (WIDE, NARROW)] if self.bars else []

    def _picture(self, plane: ChartArea) -> Chart:
        left = plane.right  # no axis of numbers: they are on the bars
        step = (plane.x_end - left) / len(self.bars)
        gap, most = min(step * 0.2, 6), max(count for _, count in self.bars)
        marks, labels, ticks = [], [], []
        for number, (words, count) in enumerate(self.bars):
            x, height = left + number * step, count / most * (plane.y_end - plane.top)
            middle, y = round(x + step / 2, 1), round(plane.y_end - height, 1)
            if count:
                width, said = round(step - gap, 1), f"{words}: {count:,}"
                marks.append(ChartMark(round(x + gap / 2, 1), y, width, round(height, 1), words=said))
                labels.append((count, ChartText(middle, y - 9, f"{count:,}", "middle")))
            ticks.append(ChartText(middle, plane.y_end + plane.type_px + 6, words[:4], "middle"))
        texts = [text for _, text in sorted(labels, key=lambda label: -label[0])]
        taken = [mark.box() for mark in marks]
        return Chart(plane, marks, without_collisions(texts, plane, taken), without_collisions(ticks[::-1], plane))

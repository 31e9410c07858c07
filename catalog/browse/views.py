"""The pages of lists of models, and the download."""

import csv
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from catalog.browse.facets import Facets
from catalog.browse.filters import LONGEST_BOUND, Filters
from catalog.browse.listing import NAMES, ModelListQuery, active_filters
from catalog.browse.order import first_order, in_parts, orders
from catalog.browse.rows import ModelRows
from catalog.browse.suggestions import suggested_name, suggestions
from catalog.documents.fields import decimal
from catalog.groups import CHOICES, RANGES, Range
from catalog.news.changelog import feed_addresses
from catalog.presenting.context import crumbs_to, page_context
from catalog.rules.facts import FactPlace, values_in
from catalog.rules.prices import PRICES
from catalog.rules.status import Status
from ops.db.bounded_count import counted, in_words
from ops.db.csv_safety import safe_cell
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, page_of
from ops.http.urls import absolute, route
from ops.limits.turns import takes_turns
from ops.page_cache.decorator import cacheable
from publishing.pages.feeds import alternates
from publishing.pages.json_ld import PageNode
from publishing.search.query import MAX_LENGTH, Query
from publishing.site.current import site_of

PER_PAGE = 30
MOST_CHOSEN = 2  # filters of a list that is cached
DESCRIPTION = "AI models with their dates, prices, licences and limits, each fact with its source."
MOST_DOWNLOADED = 10_000
IN_FRONT = ("q", "vendor", "input", "provider", "openness", "region", "price", "context")  # filters outside the fold
# The values of a model in the columns of a download; None is unknown.
COLUMNS: dict[str, Callable[[Any], Any]] = {
    "slug": lambda model: model.slug,
    "name": lambda model: model.name,
    "address": lambda model: absolute(model.row["path"]),
    "vendors": lambda model: _names(model.row["vendors"]),
    "input": lambda model: _names(model.row["input_modalities"]),
    "output": lambda model: _names(model.row["output_modalities"]),
    "status": lambda model: model.status if model.status != Status.UNKNOWN else None,
    **{f"{name}_usd_per_million_tokens": lambda model, name=name: decimal(getattr(model, name)) for name in PRICES},
    "price_at": lambda model: model.price_at,
    "lowest_blended_price_usd_per_million_tokens": lambda model: model.lowest and model.lowest["blended_price"],
    "lowest_price_at": lambda model: model.lowest and model.lowest["provider"]["name"],
    **{fact.name: lambda model, name=fact.name: model.row[name] for fact in values_in(FactPlace.DOWNLOAD)},
    "is_unverified": lambda model: model.show == "unverified",
    "checked_on": lambda model: model.row["checked_on"],
}


def _is_plain_enough(pairs) -> bool:
    """Return whether the page may be cached: only lists with few filters, all with fixed values, are few enough."""
    chosen = [name for name, _ in pairs if name not in {"sort", "page"}]
    return len(chosen) <= MOST_CHOSEN and {*chosen} <= CHOICES.keys()


@cacheable(_is_plain_enough)
@safe_only
def model_list(request: HttpRequest) -> HttpResponse:
    """Show the list for the query parameters; redirect to their canonical form."""
    listing = ModelListQuery.parse(request.GET, is_typed=True)
    if redirect := canonical_redirect(request, listing.pairs(), NAMES):
        return redirect
    return render(request, "catalog/browse/list.html", _context(request, listing))


@safe_only
@takes_turns
def suggest(request: HttpRequest) -> HttpResponse:
    """Return the models, vendors and providers whose names have the words of `q`, as JSON."""
    response = JsonResponse({"results": suggestions(Query.parse(request.GET.get("q", "")))})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _context(request, listing: ModelListQuery) -> dict:
    today, filters = timezone.localdate(), listing.filters
    facets = Facets(filters, today, site_of(request).shown_name)
    models = facets.models()
    rows = ModelRows(models, today, facets.total, *in_parts(models, listing.order, filters))
    page = page_of(rows, request, PER_PAGE)
    title = "Unverified names" if filters.show == "unverified" else "AI models"
    return {
        **page_context(
            request,
            title,
            DESCRIPTION,
            canonical=absolute(route("catalog:list", query=listing.pairs())),
            is_indexable=listing.is_plain(),
            page=PageNode("CollectionPage", items=tuple(page)),
            crumbs=crumbs_to(),
            alternates=alternates("Changes in the catalogue", feed_addresses()),
        ),
        "listing": listing,
        "facets": facets.by_name,
        "ranges": {name: _range_fields(range_, filters) for name, range_ in RANGES.items()},
        "is_more_open": not all(name.startswith(IN_FRONT) for name, _ in filters.pairs()),
        "headers": listing.headers(),
        "is_elsewhere": bool({"provider", "region"} & filters.chosen.keys()),
        "chosen": active_filters(listing, facets),
        "total": facets.total,
        "total_words": in_words(facets.total),
        "page": page,
        "orders": [
            ("" if name == first_order(filters) else name, label, name == listing.order)
            for name, label in orders(filters).items()
        ],
        "lists_read": facets.lists_read_on,
        "longest": MAX_LENGTH,
        "longest_bound": LONGEST_BOUND,
        "most_downloaded": MOST_DOWNLOADED,
        "may_download": facets.total <= MOST_DOWNLOADED,
        **({} if facets.total else _where_nothing_is_found(listing, today)),
    }


def _range_fields(range_: Range, filters: Filters) -> dict:
    texts = filters.bounds | filters.rejected
    return {
        "range": range_,
        "ends": [{"name": end, "text": texts.get(end, ""), "is_wrong": end in filters.rejected} for end in range_.ends],
        "error": filters.errors.get(range_.name),
    }


def _where_nothing_is_found(listing: ModelListQuery, day: date) -> dict:
    """Return suggestions for an empty list: the same filters with unchecked models, or a similar name."""
    filters = listing.filters
    for show in ("all", "unverified"):
        if count := counted(filters.showing(show).models(day)):
            return {"beyond": {"show": show, "count": count, "url": listing.url(filters=filters.showing(show))}}
    name = suggested_name(filters.query) if filters.query else ""
    url = listing.url(filters=filters.seeking(Query.parse(name)))
    return {"suggestion": {"name": name, "url": url}} if name else {}


def _is_whole_group(pairs) -> bool:
    """Return whether the file may be cached: the large lists with at most one value and the default order."""
    return len(pairs) <= 1 and {name for name, _ in pairs} <= CHOICES.keys()


@cacheable(_is_whole_group)
@safe_only
def models_csv(request: HttpRequest) -> HttpResponse:
    """Return the whole list. Raises BadRequest if there are too many models for one file."""
    listing, today = ModelListQuery.parse(request.GET), timezone.localdate()
    facets = Facets(listing.filters, today)
    number = facets.models(is_counted=True)[: MOST_DOWNLOADED + 1].count()
    if number > MOST_DOWNLOADED:
        raise BadRequest(f"Downloads are limited to {MOST_DOWNLOADED:,} models. Filter the list, or use the API.")
    models = facets.models()
    return csv_of(ModelRows(models, today, number, *in_parts(models, listing.order, listing.filters)))


def csv_of(rows: ModelRows) -> HttpResponse:
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, "as_of"])
    for model in rows:
        writer.writerow([*(_cell(value_of(model)) for value_of in COLUMNS.values()), rows.day.isoformat()])
    content = text.getvalue().encode("utf-8-sig")  # with the mark by which spreadsheets detect the encoding
    headers = {"Content-Disposition": 'attachment; filename="models.csv"', "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _names(records: list[dict]) -> str:
    return "; ".join(record["name"] for record in records)


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe_cell(str(value))

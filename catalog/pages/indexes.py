"""Lists of vendors, providers, series and modalities, with their numbers of models."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from catalog.browse.groups import LINKS, LISTED, REGION
from catalog.documents import read
from catalog.models import FacetCount, Family, Modality, Provider, Vendor
from catalog.rules.choices import ProviderKind
from ops.http.decorators import safe_only
from ops.http.query_params import one_of, page_of
from ops.page_cache.decorator import Pairs, cacheable, is_later_page
from publishing.content.publishable import Publishable
from publishing.pages.json_ld import PageNode
from publishing.pages.metadata import page_metadata

PER_PAGE = 200
FILTERS = {"kind": ("Kind", dict(ProviderKind.choices)), "region": (REGION.label, REGION.choices)}  # of providers


@dataclass(frozen=True)
class Index:
    """`columns` maps labels to attributes, `numbers` maps groups of models to labels."""

    model: type[Publishable]
    about: str
    columns: dict[str, str]
    numbers: dict[str, str]


INDEXES = {
    "vendors": Index(
        Vendor,
        "The companies and laboratories whose models are in the catalogue.",
        {"Country": "country"},
        {"vendor": "Models"},
    ),
    "providers": Index(
        Provider,
        "The services that offer models. The country is that of the headquarters; servers may be elsewhere.",
        {"Kind": "get_kind_display", "Country": "country"},
        {"provider": "Models"},
    ),
    "families": Index(Family, "Models that share a name, by vendor.", {"Vendor": "vendor"}, {"family": "Models"}),
    "modalities": Index(
        Modality,
        "The kinds of content that models accept and produce.",
        {"Meaning": "description"},
        {"input": "As input", "output": "As output"},
    ),
}


def _filters_and_page(pairs: Pairs) -> bool:
    """Return whether the page may be cached: with valid filters and a page, each once."""
    return len(pairs) == len(dict(pairs)) and all(
        is_later_page(value) if name == "page" else name in FILTERS and value in FILTERS[name][1]
        for name, value in pairs
    )


@cacheable(_filters_and_page)
@safe_only
def index(request: HttpRequest, name: str) -> HttpResponse:
    """List the records of `INDEXES[name]`; providers of one kind and region if asked for, BadRequest if unknown."""
    about, chosen = INDEXES[name], {}
    [listed] = about.model.lists()
    records, crumb = listed.records, {"title": listed.title, "url": listed.address}
    for one, (_, known) in FILTERS.items() if about.model is Provider else ():
        if value := request.GET.get(one):
            chosen[one] = one_of(value, one, known)
            records = records.filter(REGION.providers([value]) if one == "region" else Q(kind=value))
    page = page_of(records, request, PER_PAGE)
    crumbs = [{"title": "Models", "url": reverse("catalog:list")}, crumb]
    context = {
        "title": listed.title,
        "about": about,
        "page": page,
        "rows": _rows(about, page),
        "filters": [(one, *FILTERS[one], chosen.get(one)) for one in FILTERS] if about.model is Provider else [],
        "metadata": page_metadata(
            request,
            listed.title,
            about.about,
            is_indexable=not chosen,
            page=PageNode("CollectionPage", items=tuple(page)),
            crumbs=crumbs,
        ),
        "breadcrumbs": crumbs,
    }
    return render(request, "catalog/index.html", context)


def _rows(about: Index, page) -> list[tuple[Publishable, list[str], list[tuple[int, str]]]]:
    """Return each record with its cells, and the numbers of its models with the address of their list. One query."""
    read.stamp_pending_changes()
    keys = [str(record.pk) for record in page]
    counts = FacetCount.objects.filter(group__in=about.numbers, value__in=keys, show__in=LISTED)
    found = {
        (group, value): number for group, value, number in counts.values_list("group", "value").annotate(Sum("number"))
    }
    return [
        (
            record,
            [_cell(getattr(record, name)) for name in about.columns.values()],
            [
                (
                    found.get((group, str(record.pk)), 0),
                    reverse("catalog:list", query={group: record.slug}) if group in LINKS else "",
                )
                for group in about.numbers
            ],
        )
        for record in page
    ]


def _cell(value: Any) -> str:
    value = value() if callable(value) else value
    return str(value) if value and getattr(value, "is_public", True) else ""

from datetime import date

from django.core.exceptions import BadRequest
from django.core.paginator import Page
from django.db.models import Case, F, Sum, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from catalog.browse.rows import rows_beside
from catalog.charts.price_history import price_history
from catalog.documents import read
from catalog.groups import FAMILY, LINKS, LISTED, REGION, LinkGroup
from catalog.models import AIModel, FacetCount, Family, Modality, Provider, Vendor
from catalog.pages.descriptions import (
    family_description,
    in_sentence,
    modality_description,
    model_description,
    provider_description,
    vendor_description,
)
from catalog.pages.json_ld import model_nodes, organization_node
from catalog.pages.model_page import alternatives_to, model_page
from catalog.pages.provider_page import OfferingsOf, sources_of
from catalog.presenting.context import crumbs_to, page_context
from catalog.presenting.rows import Named
from catalog.rules.choices import ProviderKind
from catalog.rules.status import Status
from catalog.rules.typed_dates import typed_date
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, one_of, page_of, past_day
from ops.http.urls import absolute, route
from ops.page_cache.decorator import Pairs, cacheable, is_later_page, only_page_parameter
from publishing.content.publishable import Publishable
from publishing.pages.json_ld import PageNode, node_id
from publishing.pages.metadata import page_metadata, record_metadata
from publishing.pages.views import get_visible
from publishing.quality.where_used import published_texts_about
from publishing.rendering.markdown import markdown_document, markdown_response
from publishing.rendering.texts import Texts
from publishing.site.current import site_of

PER_PAGE = 30
OFFERINGS_PER_PAGE = 20
OFFERINGS_IN_FULL = 6  # up to this number they are shown in full on the page of the model
INDEX_PER_PAGE = 200
# The columns of indexes, and the groups whose models are counted.
PUBLIC_VENDOR = Case(When(**Vendor.published_lookups("vendor__"), then=F("vendor__name")))
KIND = Case(*(When(kind=kind, then=Value(label)) for kind, label in ProviderKind.choices))
INDEXES: dict[str, tuple[type[Publishable], dict[str, F | Case], dict[str, str]]] = {
    "vendors": (Vendor, {"Country": F("country")}, {"vendor": "Models"}),
    "providers": (Provider, {"Kind": KIND, "Country": F("country")}, {"provider": "Models"}),
    "families": (Family, {"Vendor": PUBLIC_VENDOR}, {"family": "Models"}),
    "modalities": (Modality, {"Meaning": F("description")}, {"input": "As input", "output": "As output"}),
}
FILTERS = {"kind": ("Kind", dict(ProviderKind.choices)), "region": (REGION.label, REGION.choices)}  # of providers
PROVIDER_ADDRESSES = {
    "website": "Website",
    "api_base": "API address",
    "docs_url": "Documentation",
    "terms_url": "Terms of use",
    "status_url": "Status page",
}


def _page_and_side(pairs) -> bool:
    """Return whether the page of a modality may be cached: input or output side, and its pages."""
    parameters = dict(pairs)
    side, page = parameters.pop("side", "input"), parameters.pop("page", "2")
    is_once = len(pairs) == len(dict(pairs))
    return is_once and not parameters and side in {"input", "output"} and is_later_page(page)


def _only_past_day(pairs: Pairs) -> bool:
    """Return whether the page of a model may be cached: the present one, and those of valid days."""
    names = [name for name, _ in pairs]
    return not names or (names == ["as_of"] and not _day_in(pairs[0][1])[1])


def _day_in(text: str | None) -> tuple[date, str]:
    """Return the day in the parameter `as_of`, today if there is none, and what is wrong with it."""
    today = timezone.localdate()
    if text is None:
        return today, ""
    try:
        return past_day(text, today), ""
    except BadRequest as error:
        return today, str(error)


@cacheable(_only_past_day)
@safe_only
def model(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a model today; with `as_of`, what dated records say of a past day."""
    model = get_visible(request, AIModel, slug)
    as_of = request.GET.get("as_of")
    typed = [("as_of", typed_date(as_of, timezone.localdate()))] if as_of else []
    if typed and (redirect := canonical_redirect(request, typed, ["as_of"])):
        return redirect
    today, problem = _day_in(as_of)
    page = model_page(model, today)
    context = {"model": model, "shown": page, "today": today, "day_form": {"text": as_of or "", "problem": problem}}
    if today < timezone.localdate():
        title = f"{model} on {today:%-d %B %Y}"
        on_day = {"title": f"On {today:%-d %B %Y}", "url": request.get_full_path()}
        context |= _of_record(request, model, f"Status and prices of {title}.", model, on_day)
        # Search engines are sent to the present page.
        context["metadata"] |= {"is_indexable": False, "title": title}
        return render(request, "catalog/model_on_day.html", context)
    texts, alternatives = Texts(model.body), alternatives_to(model.pk, page, today)
    heir = page.heirs and next((row for row, _ in alternatives if row.slug == page.heirs[-1]["slug"]), None)
    text = model_description(model, page, model.summary or texts.plain_text(model.body))
    nodes = model_nodes(model, page)
    context |= {
        "in_full": OFFERINGS_IN_FULL,
        "alternatives": alternatives,
        "heir": heir,
        "models": [model],
        "leaving": [model.name] * (page.status in {Status.DEPRECATED, Status.RETIRED}),
        "texts": texts,
        "uses": published_texts_about(model),
        "price_history": price_history(page.lead_offering, today),
    }
    steps, main = filter(None, [page.family, model]), PageNode(main=node_id(model) if nodes else "")
    title, line = f"{model}: price, context, last day", "" if model.is_unverified else page.in_short
    context |= _of_record(request, model, text, *steps, nodes=nodes, page=main, title=title, line=line)
    if problem:
        context["metadata"]["is_indexable"] = False
    return render(request, "catalog/model.html", context, status=400 if problem else 200)


@cacheable(only_page_parameter)
@safe_only
def model_offerings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all details of a model's offerings, which are too long for its own page if there are many."""
    model = get_visible(request, AIModel, slug)
    today = timezone.localdate()
    presented = model_page(model, today)
    title = f"“{model}” at its providers" if model.is_unverified else f"{model} at its providers"
    crumbs = crumbs_to(model, {"title": "Providers and prices", "url": route("catalog:offerings", slug)})
    context = {
        "model": model,
        "title": title,
        "shown": presented,
        "page": page_of(presented.offerings, request, OFFERINGS_PER_PAGE),
        "today": today,
        "is_draft": not model.is_public,
        "breadcrumbs": crumbs,
        # The model's own page has a summary of this one and should be found instead.
        "metadata": page_metadata(
            request, title, f"Prices, limits and data policy of {model}, provider by provider.", is_indexable=False
        ),
    }
    return render(request, "catalog/offerings.html", context)


@cacheable()
@safe_only
def model_as_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the same as the page: the status and the prices of today, and all facts and events with their sources."""
    model = get_visible(request, AIModel, slug)
    page, url = model_page(model, timezone.localdate()), absolute(model.get_absolute_url())
    name = f"“{model.name}”" if model.is_unverified else model.name
    body = Texts(model.body, is_absolute=True).markdown(model.body, url)
    text = render_to_string(
        "catalog/model.md",
        {"model": model, "page": page, "firm": site_of(request).shown_name, "name": name, "body": body},
    )
    front = {
        "title": name,
        "url": url,
        "description": model.summary,
        "vendors": [vendor.name for vendor in page.vendors],
        "released": page.released_on,
        "facts_read": model.checked_on,
        "published": model.first_published_at,
        "updated": model.last_changed_at,
        "sources": [
            {"title": note.title, **({"url": note.url} if note.url else {}), "read": note.read_on}
            for note in page.notes.values()
        ],
    }
    return markdown_response(markdown_document(front, text.strip()), url)


@cacheable(only_page_parameter)
@safe_only
def index(request: HttpRequest, name: str) -> HttpResponse:
    """List the records of `INDEXES[name]`; providers of one kind and region if asked for, BadRequest if unknown."""
    model, columns, groups = INDEXES[name]
    filters = FILTERS if model is Provider else {}
    chosen = {key: one_of(request.GET[key], key, valid) for key, (_, valid) in filters.items() if request.GET.get(key)}
    [listed] = model.lists()
    records = listed.records.filter(**{"kind": chosen["kind"]} if "kind" in chosen else {})
    if "region" in chosen:
        records = records.filter(REGION.providers([chosen["region"]]))
    page = page_of(records.values_list("pk", "slug", "name", *columns.values()), request, INDEX_PER_PAGE)
    summary = f"{listed.title} in the catalogue, with their numbers of models."
    rows = _index_rows(model, page, groups)
    collection = PageNode("CollectionPage", items=tuple(record for record, *_ in rows))
    context = {
        **page_context(request, listed.title, summary, model, is_indexable=not chosen, page=collection),
        "labels": columns,
        "number_labels": groups.values(),
        "page": page,
        "rows": rows,
        "filters": [(key, *filters[key], chosen.get(key)) for key in filters],
    }
    return render(request, "catalog/index.html", context)


def _index_rows(model: type[Publishable], page: Page, groups: dict[str, str]) -> list[tuple]:
    """Return each record with its cells, and those with the number of its models in each group. One query."""
    keys = [str(key) for key, *_ in page]
    read.stamp_pending_changes()
    counted = FacetCount.objects.filter(group__in=groups, show__in=LISTED, value__in=keys)
    numbers = {tuple(at): number for *at, number in counted.values_list("group", "value").annotate(Sum("number"))}
    models, rows = route("catalog:list"), []
    for key, slug, name, *values in page:
        counts = [
            (label, numbers.get((group, str(key)), 0), f"{models}?{group}={slug}" * (group in LINKS))
            for group, label in groups.items()
        ]
        rows.append((Named(name, model.address_of(slug)), values, counts))
    return rows


@cacheable(only_page_parameter)
@safe_only
def vendor(request: HttpRequest, slug: str) -> HttpResponse:
    vendor = get_visible(request, Vendor, slug, ("logo",))
    texts = Texts(vendor.description)
    page, nodes = _models_of(request, LINKS["vendor"], vendor), [organization_node(vendor)]
    text = vendor_description(vendor, page.paginator.count, page, texts.plain_text(vendor.description))
    [families] = Family.lists()
    context = {"families": families.records.filter(vendor=vendor), "texts": texts}
    return _record_page(
        request, vendor, text, page, context, nodes=nodes, title=f"{vendor}: AI models, prices, last days"
    )


@cacheable(_page_and_side)
@safe_only
def modality(request: HttpRequest, slug: str) -> HttpResponse:
    modality = get_visible(request, Modality, slug)
    side, taking = request.GET.get("side"), AIModel.objects.listed().filter(input_links__tag=modality)
    gives = side == "output" or (side != "input" and not taking.exists())
    way = "output" if gives else "input"
    page = _models_of(request, LINKS[way], modality)
    title = f"AI models with {in_sentence(modality)} {way}"
    text = modality_description(modality, way, page.paginator.count, page)
    return _record_page(request, modality, text, page, {"gives": gives}, title=title)


@cacheable(only_page_parameter)
@safe_only
def family(request: HttpRequest, slug: str) -> HttpResponse:
    family = get_visible(request, Family, slug, ("vendor",))
    page, unverified = _models_of(request, FAMILY, family), family.models.published().unverified().count()  # pyright: ignore[reportAttributeAccessIssue] reverse
    context = {"texts": Texts(family.body), "unverified_count": unverified}
    text = family_description(family, page.paginator.count, page)
    about = {"title": f"{family} series", "is_indexable": bool(page)}
    return _record_page(request, family, text, page, context, **about)


@cacheable(only_page_parameter)
@safe_only
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    provider = get_visible(request, Provider, slug)
    offerings = OfferingsOf(provider, timezone.localdate())
    page, nodes = page_of(offerings, request, PER_PAGE), [organization_node(provider)]
    addresses = [(label, url) for name, label in PROVIDER_ADDRESSES.items() if (url := getattr(provider, name))]
    context = {"addresses": addresses, "sources": sources_of(provider, offerings.rows, site_of(request).shown_name)}
    models = dict.fromkeys(row.model for row in page if row.model)
    title = f"{provider}: AI models and their prices"
    text = provider_description(provider, page.paginator.count, [row.title for row in page])
    return _record_page(request, provider, text, page, context, nodes=nodes, models=models, title=title)


def _models_of(request, group: LinkGroup, record) -> Page:
    """Return a page of the models of `record`, latest release first."""
    return page_of(rows_beside(group, record, timezone.localdate()), request, PER_PAGE)


def _record_page(request, record, text, page: Page, context, *, nodes=(), models=None, **metadata):
    """Show a record by the template of its name; `models` are those on the page if its rows are others."""
    about = (("about", {"@id": node_id(record)}),) if nodes else ()
    listed = PageNode("CollectionPage", items=tuple(page if models is None else models), properties=about)
    context |= {record._meta.model_name: record, "page": page, "today": timezone.localdate()}
    context |= _of_record(request, record, text, type(record), record, nodes=nodes, page=listed, **metadata)
    return render(request, f"catalog/{record._meta.model_name}.html", context)


def _of_record(request, record, text, *steps, **metadata) -> dict:
    """Return the context that the pages of all records have; `steps` are those of `crumbs_to`."""
    crumbs = crumbs_to(*steps)
    return {
        "is_draft": not record.is_public,
        "metadata": record_metadata(request, record, text=text, kind="website", crumbs=crumbs, **metadata),
        "breadcrumbs": crumbs,
    }

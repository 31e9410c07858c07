from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from catalog.dossier import Dossier
from catalog.models import AIModel, Family, Modality, Offering, Provider, Vendor
from catalog.structured_data import model_node
from publishing.metadata import description_from, page_metadata, record_metadata
from publishing.parameters import page_of
from publishing.richtext.render import Texts
from publishing.safety import safe_only
from publishing.views import get_visible

PER_PAGE = 30
PROVIDER_ADDRESSES = {
    "website": "Website",
    "api_base": "Address of the API",
    "docs_url": "Documentation",
    "terms_url": "Terms of use",
    "status_url": "Status page",
}


@safe_only
def model(request, slug):
    model = get_visible(request, AIModel.objects.for_readers(), slug)
    today = timezone.localdate()
    texts = Texts(model.body)
    crumbs = _crumbs(*filter(None, [model.public_family]), model)
    text = model.notice or model.summary or description_from(model.body)
    context = {
        "model": model,
        "aliases": model.aliases.all(),
        "dossier": Dossier(model, today),
        "today": today,
        "texts": texts,
        **_of_record(request, model, crumbs, text, nodes=[model_node(model)]),
    }
    return render(request, "catalog/model.html", context)


@safe_only
def vendor_list(request):
    vendors = Vendor.objects.published().order_by("name")
    title = "Makers of AI models"
    context = {
        "page": page_of(vendors, request, PER_PAGE),
        "metadata": page_metadata(request, title, "The companies and laboratories whose models are in the catalogue."),
        "breadcrumbs": _crumbs({"title": title, "url": reverse("catalog:vendors")}),
    }
    return render(request, "catalog/vendors.html", context)


@safe_only
def vendor(request, slug):
    vendor = get_visible(request, Vendor.objects.all(), slug)
    models = AIModel.objects.listed().filter(vendor_links__tag=vendor)
    crumbs = _crumbs({"title": "Makers", "url": reverse("catalog:vendors")}, vendor)
    text = description_from(vendor.description) or f"AI models made by {vendor}."
    context = {
        "vendor": vendor,
        "families": vendor.families.published(),
        "texts": Texts(vendor.description),
        **_page_of_models(request, models),
        **_of_record(request, vendor, crumbs, text),
    }
    return render(request, "catalog/vendor.html", context)


@safe_only
def modality(request, slug):
    modality = get_visible(request, Modality.objects.all(), slug)
    listed = AIModel.objects.listed()
    taking = listed.filter(input_links__tag=modality)
    giving = listed.filter(output_links__tag=modality)
    text = modality.description or f"AI models that take or give {modality}."
    gives = request.GET.get("side") == "output" or (request.GET.get("side") != "input" and not taking.exists())
    context = {
        "modality": modality,
        "gives": gives,
        **_page_of_models(request, giving if gives else taking),
        **_of_record(request, modality, _crumbs(modality), text),
    }
    return render(request, "catalog/modality.html", context)


@safe_only
def family(request, slug):
    family = get_visible(request, Family.objects.for_readers(), slug)
    text = family.summary or f"The models of the series {family}."
    context = {
        "family": family,
        "texts": Texts(family.body),
        "unverified_count": family.models.published().unverified().count(),
        **_page_of_models(request, family.models.listed()),
        **_of_record(request, family, _crumbs(family), text),
    }
    return render(request, "catalog/family.html", context)


@safe_only
def provider(request, slug):
    provider = get_visible(request, Provider.objects.all(), slug)
    offerings = (
        Offering.objects.published().filter(provider=provider).select_related("model").prefetch_related("events")
    )
    page = page_of(offerings.order_by("model__name", "api_id", "pk"), request, PER_PAGE)
    today = timezone.localdate()
    context = {
        "provider": provider,
        "addresses": [(label, getattr(provider, name)) for name, label in PROVIDER_ADDRESSES.items()],
        "page": page,
        "rows": [(offering, offering.status_on(today)) for offering in page],
        "today": today,
        **_of_record(request, provider, _crumbs(provider), provider.summary or f"AI models served by {provider}."),
    }
    return render(request, "catalog/provider.html", context)


def _page_of_models(request, models) -> dict:
    """What `catalog/_models.html` needs: a page of models, each with its status. Six queries."""
    page = page_of(models.for_readers().with_events().latest_release_first(), request, PER_PAGE)
    today = timezone.localdate()
    return {"page": page, "rows": [(model, model.status_on(today)) for model in page], "today": today}


def _of_record(request, record, crumbs, text, **metadata) -> dict:
    """What the page of every record has."""
    return {
        "is_draft": not record.is_public,
        "metadata": record_metadata(request, record, text=text, kind="website", crumbs=crumbs, **metadata),
        "breadcrumbs": crumbs,
    }


def _crumbs(*steps) -> list[dict]:
    """Return the way from the catalogue's first page; a step is a record or already a title and url."""
    crumbs = [{"title": "Models", "url": reverse("catalog:list")}]
    return crumbs + [
        step if isinstance(step, dict) else {"title": str(step), "url": step.get_absolute_url()} for step in steps
    ]

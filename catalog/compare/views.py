"""The comparison of two to six models, and the cost of a workload with up to six."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import get_text_list

from catalog.compare.comparison import ComparisonTable
from catalog.compare.costs import estimates_of
from catalog.compare.selection import LEAST, MODELS, MOST, ModelSelection, found_models, picked
from catalog.compare.workloads import PRESETS, Workload, WorkloadForm
from catalog.presenting.context import page_context
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, words
from ops.http.urls import absolute, route
from ops.page_cache.decorator import Pairs, cacheable
from publishing.site.call_to_action import CallToActionLink, contact_address
from publishing.site.current import site_of

NAMES = (*MODELS, *WorkloadForm.base_fields, "rows", "add")
DESCRIPTION = "Compare two to six AI models: cost of a workload, last day, limits, sources and what is not known."
ABOUT_COST = "What a workload costs each month, at the vendor’s price and at a host that asks less."
MEASURE = CallToActionLink("Do you want this measured on your own documents?", "", "", "")


@cacheable()
@safe_only
def compare(request: HttpRequest) -> HttpResponse:
    """Compare the models in `?m=`, or offer a search if they are too few. More than six are a 400 with a way back."""
    choice, workload = ModelSelection.parse(request.GET), Workload.parse(request.GET)
    firm = site_of(request).shown_name
    table = ComparisonTable(choice.models, workload, timezone.localdate(), firm) if choice.is_comparable else None
    lasting = dict.fromkeys(heirs[-1]["slug"] for heirs in table.heirs if heirs and heirs[-1]["slug"]) if table else {}
    successors = [(MODELS[0], slug) for slug in lasting]
    names = get_text_list([model.name for model in choice.models], "and") if table else "models"
    context = {
        "comparison": table,
        "successors_url": len(successors) >= LEAST and route("catalog:compare", query=[*successors, *workload.pairs()]),
        "title": f"Compare {names}",
        "workload": workload,
        **found_models("catalog:compare", words(request.GET.get("add", "")), choice, workload.pairs()),
        "closing": table and table.all_end() and "None of these will last. Shall we test the replacements?",
        "cost_url": route("catalog:cost", query=[*choice.pairs(), *workload.pairs()]),
    }
    return _page(request, "compare", context["title"], DESCRIPTION, choice, workload.pairs(), context)


@cacheable()
@safe_only
def cost(request: HttpRequest) -> HttpResponse:
    """Show the cost of a workload with the models in `?m=`, or else with the first example.

    An invalid number is a 400 with a sentence at its field.
    """
    choice, form = ModelSelection.parse(request.GET), WorkloadForm(request.GET)
    search = found_models("catalog:cost", words(request.GET.get("add", "")), choice, form.pairs)
    selection, estimates = choice if choice.models else replace(choice, models=picked(search)), []
    if form.workload and 0 < len(selection.models) <= MOST:
        estimates = estimates_of(selection.models, form.workload, timezone.localdate())
    slugs = {model.slug for model in selection.models}
    largest = max((cost.amount or 0 for estimate in estimates for _, cost in estimate.priced_offers), default=0)
    context = {
        "form": form,
        "presets": [
            (label, assumptions, work, route("catalog:cost", query=[*choice.pairs(), *work.pairs()]))
            for label, assumptions, work in PRESETS
        ],
        **search,
        "found": [model for model in search["found"] if model.slug not in slugs],
        "shown": selection,
        "is_example": not choice.models,
        "estimates": estimates,
        "lowest": [estimate for estimate in estimates if estimate.first.place == estimates[0].first.place],
        "largest": largest,
        "share_url": route("catalog:cost", query=[*selection.pairs(), *form.pairs]),
        "compare_url": selection.is_comparable and route("catalog:compare", query=[*selection.pairs(), *form.pairs]),
    }
    return _page(request, "cost", "Cost calculator", ABOUT_COST, choice, form.pairs, context, form.is_valid())


def _page(
    request, name: str, title: str, about: str, choice: ModelSelection, own_pairs: Pairs, context: dict, is_valid=True
):
    """Return a page with its selection of models, or a redirect to its canonical address."""
    page, sought = f"catalog:{name}", context["sought"]
    pairs, unknown = [*choice.pairs(), *own_pairs], [(MODELS[0], name) for name in choice.unknown]
    wanted = [*choice.pairs(), *unknown, *own_pairs, *([("add", sought)] if sought else [])]
    if redirect := canonical_redirect(request, wanted, NAMES):
        return redirect
    slugs = ",".join(model.slug for model in choice.models)
    closing = context.get("closing") or f"Not sure {'which of these' if choice.models[1:] else 'whether it'} fits?"
    call = CallToActionLink(closing, "", "", contact_address(request.path, models=slugs))
    canonical, is_indexable = absolute(route(page, query=pairs)), not wanted
    chosen = context.get("shown", choice)
    shared = {
        **page_context(request, title, about, canonical=canonical, is_indexable=is_indexable),
        "choice": choice,
        "shown": chosen,
        "slugs": slugs,
        "calls": [call if slugs else MEASURE],
        "columns": [(model, route(page, query=[*chosen.pairs(but=model), *own_pairs])) for model in chosen.models],
        "page": page,
        "own": own_pairs,
        "least": LEAST,
        "most": MOST,
    }
    status = 200 if is_valid and len(choice.models) <= MOST else 400
    return render(request, f"catalog/compare/{name}.html", {**shared, **context}, status=status)

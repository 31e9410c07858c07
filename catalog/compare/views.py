"""The comparison of two to six models, and the cost of a workload with up to six."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalog.compare.comparison import ROWS, ComparisonTable, as_html
from catalog.compare.costs import estimates_of
from catalog.compare.selection import LEAST, MODELS, MOST, ModelSelection, found_models
from catalog.compare.workloads import PRESETS, Workload, WorkloadForm
from catalog.pages.context import page_context
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, one_of, words
from ops.http.urls import absolute, route
from ops.page_cache.decorator import Pairs, cacheable

NAMES = (*MODELS, *WorkloadForm.base_fields, "rows", "add")
DESCRIPTION = "Compare two to six AI models: cost of a workload, lifetime, licence, quality, data use and our view."
ABOUT_COST = "The monthly cost of a workload with AI models, at the vendor’s own price and at the lowest one on record."


@cacheable()
@safe_only
def compare(request: HttpRequest) -> HttpResponse:
    """Compare the models in `?m=`, or offer a search if they are too few. More than six are a 400 with a way back."""
    choice, workload = ModelSelection.parse(request.GET), Workload.parse(request.GET)
    rows = one_of(request.GET.get("rows", ""), "rows", ROWS)
    pairs = [*choice.pairs(), *workload.pairs()]
    own = {kind: [("rows", kind)] if kind else [] for kind in ROWS}
    comparison = ComparisonTable(choice.models, workload, timezone.localdate()) if choice.is_comparable else None
    groups = {kind: comparison.groups_of(kind) for kind in ROWS} if comparison else {}
    context = {
        "groups": [(question, as_html(found)) for question, found in groups.get(rows, ())],
        "kinds": [
            (ROWS[kind], sum(len(found) for _, found in shown), route("catalog:compare", query=[*pairs, *own[kind]]))
            for kind, shown in groups.items()
        ],
        "kind": ROWS[rows],
        "workload": workload,
        "cost_url": route("catalog:cost", query=pairs),
    }
    return _page(request, "compare", "Compare models", DESCRIPTION, choice, [*workload.pairs(), *own[rows]], context)


@cacheable()
@safe_only
def cost(request: HttpRequest) -> HttpResponse:
    """Show the cost of a workload with the models in `?m=`. An invalid number is a 400 with a sentence at its field."""
    choice, form = ModelSelection.parse(request.GET), WorkloadForm(request.GET)
    estimates = []
    if form.workload and 0 < len(choice.models) <= MOST:
        estimates = estimates_of(choice.models, form.workload, timezone.localdate())
    context = {
        "form": form,
        "presets": [
            (label, assumptions, work, route("catalog:cost", query=[*choice.pairs(), *work.pairs()]))
            for label, assumptions, work in PRESETS
        ],
        "estimates": estimates,
        "largest": max((cost.amount or 0 for estimate in estimates for _, cost in estimate.found), default=0),
        "compare_url": choice.is_comparable and route("catalog:compare", query=[*choice.pairs(), *form.pairs]),
    }
    return _page(request, "cost", "Cost calculator", ABOUT_COST, choice, form.pairs, context, form.is_valid())


def _page(request, name: str, title: str, about: str, choice: ModelSelection, own: Pairs, context: dict, is_valid=True):
    """Return a page with its selection of models, or a redirect to its canonical address. `own` are its parameters."""
    page, sought = f"catalog:{name}", words(request.GET.get("add", ""))
    pairs = [*choice.pairs(), *own]
    if redirect := canonical_redirect(request, [*pairs, *([("add", sought)] if sought else [])], NAMES):
        return redirect
    canonical, is_indexable = absolute(route(page, query=pairs)), not pairs and not sought
    shared = {
        **page_context(request, title, about, canonical=canonical, is_indexable=is_indexable),
        "choice": choice,
        "columns": [(model, route(page, query=[*choice.pairs(but=model), *own])) for model in choice.models],
        "page": page,
        "own": own,
        "least": LEAST,
        "most": MOST,
        **found_models(page, sought, choice, own),
    }
    status = 200 if is_valid and len(choice.models) <= MOST else 400
    return render(request, f"catalog/compare/{name}.html", {**shared, **context}, status=status)

"""The comparison of two to six models."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils import timezone

from catalog.browse.filters import SLUG, Filters
from catalog.browse.order import CLOSEST, ordered
from catalog.browse.suggestions import suggested_name
from catalog.compare.comparison import ComparisonTable
from catalog.compare.costs import FORMULA, Workload
from catalog.models import AIModel
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, words
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from publishing.content.redirect import Redirect
from publishing.pages.metadata import page_metadata

NAMES = ("m", *Workload.FIELDS, "add")
FOUND_AT_MOST = 8
DESCRIPTION = "Compare two to six AI models: cost of a workload, lifetime, licence, quality, data use and our view."
LEAST, MOST = 2, 6
MOST_NAMED = 50
PUBLISHED = AIModel.objects.published().only("slug", "name", "existence").order_by()


@dataclass(frozen=True)
class ModelSelection:
    """`models` are those that can be compared, in the order of the URL; `unverified` are those that cannot."""

    models: list[AIModel]
    unverified: list[AIModel]

    @classmethod
    def parse(cls, parameters: QueryDict) -> "ModelSelection":
        """Find the models by present or former slugs: one query, more for former ones. Raises BadRequest if unknown."""
        slugs = list(dict.fromkeys(filter(None, parameters.getlist("m"))))
        if len(slugs) > MOST_NAMED or not all(map(SLUG.fullmatch, slugs)):
            raise BadRequest("m: enter the short name of a model, as in the address of its page.")
        models = _named(slugs)
        missing = {slug: _moved(slug) or "" for slug in slugs if slug not in models}
        for slug, present in missing.items():
            if not present:
                raise BadRequest(f"m: there is no model “{slug}”. Choose another one.")
        models |= _named(set(missing.values()) - models.keys()) if missing else {}
        ordered = [models[slug] for slug in dict.fromkeys(missing.get(slug) or slug for slug in slugs)]
        return cls(
            [model for model in ordered if not model.is_unverified], [model for model in ordered if model.is_unverified]
        )

    @property
    def is_comparable(self) -> bool:
        return LEAST <= len(self.models) <= MOST

    def pairs(self, but: AIModel | None = None) -> list[tuple[str, str]]:
        return [("m", model.slug) for model in [*self.models, *self.unverified] if model != but]


def _named(slugs) -> dict[str, AIModel]:
    return {model.slug: model for model in PUBLISHED.filter(slug__in=slugs)} if slugs else {}


def _moved(slug: str) -> str | None:
    redirect = Redirect.objects.answer(reverse("catalog:model", args=[slug]))
    destination = redirect and not redirect.is_gone and redirect.destination
    match = resolve(destination) if destination else None
    return match.kwargs.get("slug") if match and match.view_name == "catalog:model" else None


@cacheable()
@safe_only
def compare(request: HttpRequest) -> HttpResponse:
    """Compare the models in `?m=`, or offer a search if they are too few. More than six are a 400 with a way back."""
    choice, workload = ModelSelection.parse(request.GET), Workload.parse(request.GET)
    sought, today = words(request.GET.get("add", "")), timezone.localdate()
    pairs = [*choice.pairs(), *workload.pairs()]
    redirect = canonical_redirect(request, [*pairs, *([("add", sought)] if sought else [])], NAMES)
    if redirect:
        return redirect
    is_plain = not pairs and not sought
    crumbs = [
        {"title": "Models", "url": reverse("catalog:list")},
        {"title": "Compare", "url": reverse("catalog:compare")},
    ]
    context = {
        "choice": choice,
        "columns": [
            (model, reverse("catalog:compare", query=[*choice.pairs(but=model), *workload.pairs()]))
            for model in choice.models
        ],
        "least": LEAST,
        "most": MOST,
        "comparison": ComparisonTable(choice.models, workload, today) if choice.is_comparable else None,
        "workload": workload,
        "formula": FORMULA,
        "today": today,
        **_found(sought, choice, workload),
        "metadata": page_metadata(
            request,
            "Compare models",
            DESCRIPTION,
            canonical=absolute(reverse("catalog:compare", query=pairs)),
            is_indexable=is_plain,
            crumbs=crumbs,
        ),
        "breadcrumbs": crumbs,
    }
    status = 400 if len(choice.models) > MOST else 200
    return render(request, "catalog/compare/compare.html", context, status=status)


def _found(sought: str, choice: ModelSelection, workload: Workload) -> dict:
    """Return the search results for a model to add, or a similar name. Three or five queries."""
    if not sought:
        return {"sought": ""}
    filters = Filters.parse(QueryDict(urlencode({"q": sought, "show": "all"})))
    today = timezone.localdate()
    models = filters.models(today).exclude(pk__in=[model.pk for model in choice.models])
    found = list(ordered(models, CLOSEST, filters)[:FOUND_AT_MOST]) if filters.query else []
    name = "" if found else suggested_name(filters.query)
    again = reverse("catalog:compare", query=[*choice.pairs(), *workload.pairs(), ("add", name)])
    return {"sought": sought, "found": found, "suggestion": name and {"name": name, "url": again}}

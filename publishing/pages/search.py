"""The search page of the site."""

from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.urls import reverse

from ops.http.decorators import safe_only
from ops.http.query_params import page_of, whole_number
from ops.http.urls import absolute
from publishing.content.registry import kind_named
from publishing.pages.metadata import page_metadata
from publishing.quality.misses import note_search
from publishing.search.query import MAX_LENGTH
from publishing.search.results import answer

PER_PAGE = 20


@safe_only
def search(request):
    """Show the results for `?q=`, for one `?kind=` or all. Only the page without a query is indexable."""
    kind = request.GET.get("kind", "")
    if kind and kind_named(kind) is None:
        raise BadRequest("kind: choose one of the types of page.")
    number = whole_number(request.GET.get("page", "1"), "page", least=1)
    found = answer(request.GET.get("q", ""), kind, (number - 1) * PER_PAGE, PER_PAGE)
    asked = found.query.text
    if asked and not kind and number == 1:
        note_search(request, found)
    crumbs = [{"title": "Search", "url": reverse("search")}]
    description = "Search the articles, the catalogue of models and the answers to questions."
    context = {
        "answer": found,
        "page": page_of(found.hits, request, PER_PAGE),
        "kind": kind,
        "longest": MAX_LENGTH,
        "metadata": page_metadata(
            request,
            f"“{asked}”: search" if asked else "Search",
            description,
            canonical=absolute(reverse("search")),
            is_indexable=not request.GET,
            crumbs=crumbs,
        ),
        "breadcrumbs": crumbs,
    }
    return render(request, "publishing/search.html", context)

"""Helpers for the pages of all apps, and the pages that belong to none."""

import mimetypes
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from ops.db.compiled import CompiledQuery, moment, text
from ops.http.decorators import safe_only
from ops.http.errors import Gone
from ops.http.file_responses import send_file
from ops.http.query_params import page_of, whole_number
from ops.http.urls import absolute, route
from ops.limits.turns import takes_turns
from publishing.accounts.two_factor import missing_step
from publishing.content.permissions import may_view
from publishing.content.publishable import Publishable
from publishing.content.registry import kind_named
from publishing.images.illustrations.drawing import NAME, Drawing, as_png, signer
from publishing.pages.metadata import page_metadata
from publishing.quality.misses import note_search
from publishing.search.pages import pages_for
from publishing.search.query import MAX_LENGTH, Query
from publishing.search.results import answer, first_hits
from publishing.site.current import site_of


def reader_of(request):
    """Return the user of a request. Without a session cookie no session is loaded, so that the page can be cached.

    Users who have not completed the second factor count as anonymous.
    """
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES and not missing_step(request.user)
    return request.user if is_known else AnonymousUser()


def get_visible[M: Publishable](
    request: HttpRequest,
    model: type[M],
    slug: str,
    related: tuple[str, ...] = (),
    fetched: Callable[[QuerySet[M], Any], QuerySet[M]] | None = None,
    **fields: object,
) -> M:
    """Return the record of this address if the reader may see it; signed-in editors see drafts too.

    Its `related` records are fetched with it; `fetched` adds to the rows, at a moment, what is read with the record.
    Raises Http404, and Gone for what was published and archived.
    """
    rows, now = model.objects.select_related(*related) if related else model.objects.all(), timezone.now()
    if previewed := getattr(request, "previewed", None):
        record = previewed
        if related or fetched:
            record = (fetched(rows, now) if fetched else rows).get(pk=previewed.pk)
        record.is_public = True  # shown as if it were
        record.first_published_at = record.first_published_at or record.first_moment(now)
        return record
    reader = reader_of(request)
    sees_drafts = may_view(reader, model)
    if sees_drafts or related:
        visible = rows.visible_to(reader).filter(slug=slug, **fields)
        record = next(iter(fetched(visible, now) if fetched else visible), None)
    else:
        page = _public_record(model, fetched, *fields)
        record = next(iter(page.instances(at=now, slug=slug, **fields)), None)
    if record is None:
        if model.objects.retired().filter(slug=slug).exists():
            raise Gone
        raise Http404
    if not sees_drafts:
        record.is_public = True  # found among the published, so no further query is needed
    return record


@cache
def _public_record(model: type[Publishable], fetched: Callable | None, *names: str) -> CompiledQuery:
    """Return the public record with an address and with the values of these text columns."""
    records = model.objects.published(at=moment("at")).filter(**{name: text(name) for name in ("slug", *names)})
    return CompiledQuery(fetched(records, moment("at")) if fetched else records)


@safe_only
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve an uploaded file. Its name contains a hash of its content, so it may be cached for a year."""
    try:
        file = default_storage.open(path)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousFileOperation, ValueError, OSError):
        raise Http404 from None
    # Not strict, because Python 3.12 has WebP among the common but unregistered types.
    content_type = mimetypes.guess_type(path, strict=False)[0] or "application/octet-stream"
    response = cache_for_a_year(send_file(file, file.size, content_type))
    if not content_type.startswith("image/") or content_type == "image/svg+xml":
        response.headers["Content-Disposition"] = "attachment"
    return response


def cache_for_a_year(response):
    """Let a response whose address changes with its content be cached for a year."""
    # No script in an upload may run with the origin of the site, even if browsers take it for another content type.
    response._csp_config = {"default-src": ["'none'"], "sandbox": True}
    response.is_file_for_all = response.is_as_stored = True
    patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response


@safe_only
def share_image(request: HttpRequest, name: str) -> HttpResponseBase:
    if not (match := NAME.fullmatch(name)):
        raise Http404
    try:
        texts = signer().unsign_object(request.GET["words"]) if "words" in request.GET else ("",)
    except BadSignature:
        raise Http404 from None
    drawn = Drawing(**match.groupdict(), words=(*texts[1:],), name=texts[0])
    return cache_for_a_year(HttpResponse(as_png(drawn), content_type="image/png"))


RESULTS_PER_PAGE = 20
SUGGESTED = 8


@safe_only
@takes_turns
def search(request: HttpRequest) -> HttpResponse:
    """Show the results for `?q=`, for one `?kind=` or all. Only the page without a query is indexable."""
    kind = request.GET.get("kind", "")
    if kind and kind_named(kind) is None:
        raise BadRequest("kind: choose one of the types of page.")
    number = whole_number(request.GET.get("page", "1"), "page", least=1)
    search_answer = answer(request.GET.get("q", ""), kind, (number - 1) * RESULTS_PER_PAGE, RESULTS_PER_PAGE)
    query = search_answer.query.text
    page = page_of(search_answer.hits, request, RESULTS_PER_PAGE)
    is_first = number == 1 and not kind
    is_answered = any(hit.is_answer for hit in page.object_list[:1])
    pages = _pages_on(search_answer.suggestion or query, request, is_answered) if is_first else []
    if query and is_first and not pages:
        note_search(request, search_answer)
    crumbs = [{"title": "Search", "url": route("search")}]
    description = "Search the articles, the catalogue of models and the answers to questions."
    context = {
        "answer": search_answer,
        "pages": pages,
        "page": page,
        "kind": kind,
        "longest": MAX_LENGTH,
        "metadata": page_metadata(
            request,
            f"“{query}”: search" if query else "Search",
            description,
            canonical=absolute(route("search")),
            is_indexable=not request.GET,
            crumbs=crumbs,
        ),
        "breadcrumbs": crumbs,
    }
    return render(request, "publishing/search.html", context)


@safe_only
@takes_turns
def suggest(request: HttpRequest) -> HttpResponse:
    """Return pages and records for what is being typed as JSON: name, kind and URL."""
    text = request.GET.get("q", "")
    suggestions = [{"name": page.title, "kind": "Page", "url": page.address} for page in _pages_on(text, request)[:2]]
    for hit in first_hits(text, SUGGESTED):
        suggestions.append({"name": "".join(piece for piece, _ in hit.title), "kind": hit.kind, "url": hit.url})
    response = JsonResponse({"results": list({suggestion["url"]: suggestion for suggestion in suggestions}.values())})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _pages_on(text, request, is_answered=False):
    """Return the pages of the site about `text`; those of records if the footer, without a query, has them."""
    footer_pages = {address for _, address in site_of(request).footer_pages}
    return pages_for(Query.parse(text), footer_pages, is_answered)

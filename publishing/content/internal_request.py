"""Requests made from within the process: for previews, and to check whether a link works."""

from urllib.parse import unquote, urlsplit

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import resolve

from ops.http.errors import Gone
from publishing.content.redirect import Redirect


def page_at(address: str, site: Model | None = None, record: Model | None = None) -> HttpResponse | None:
    """Return the answer to an anonymous GET on this site, None for errors; `record` is shown as if published."""
    parts = urlsplit(address)
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = unquote(parts.path)
    request.GET = QueryDict(parts.query)
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "QUERY_STRING": parts.query}
    request.user = AnonymousUser()
    if site is not None:
        request.site_settings = site  # pyright: ignore[reportAttributeAccessIssue] read by site_of()
    request.previewed = record  # pyright: ignore[reportAttributeAccessIssue] read by get_visible()
    try:
        request.resolver_match = resolve(request.path_info)
        view, args, kwargs = request.resolver_match
        response = view(request, *args, **kwargs)
    except (Http404, Gone, BadRequest, PermissionDenied, SuspiciousOperation):
        return None
    return response if response.status_code < 400 else None


def page_exists(address: str) -> bool:
    """Return whether readers find a page at a URL of this site, including through a redirect."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    # Like CommonMiddleware, which appends the slash.
    with_slash = parts._replace(path=f"{parts.path.rstrip('/')}/").geturl()
    if page_at(address) or page_at(with_slash):
        return True
    redirect = Redirect.objects.answer(path)
    return redirect is not None and not redirect.is_gone

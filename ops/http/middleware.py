"""Middleware for the headers of every response: request id, cache policy, security policies."""

import re
import secrets
from itertools import count
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware import csp
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import add_never_cache_headers, get_conditional_response, set_response_etag

from ops.http.encodings import preferred_encoding
from ops.http.errors import error_response, is_api
from ops.logging import formatters as logs

REQUEST_ID = re.compile(r"[\w.-]{8,64}\Z", re.ASCII)
# A request id only has to be unique, not unguessable.
THIS_PROCESS, _numbers = secrets.token_hex(4), count(10_000_000)


def request_id(from_proxy: str | None) -> str:
    """Return the request id that a proxy set, if it is valid, else a new one."""
    return from_proxy if from_proxy and REQUEST_ID.match(from_proxy) else f"{THIS_PROCESS}{next(_numbers)}"


class Middleware:
    def __init__(self, get_response):
        self.get_response = get_response


class RequestIDMiddleware(Middleware):
    """Give each request an id, from the proxy or generated here, so that a report can be found in the logs."""

    def __call__(self, request):
        request.id = request_id(request.headers.get("X-Request-ID"))
        is_set = logs.request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(is_set)
        response.headers["X-Request-ID"] = request.id
        return response


def is_admin(request: HttpRequest) -> bool:
    return request.path_info.startswith(f"/{settings.ADMIN_PATH}")


PUBLIC = "public, max-age=0, must-revalidate"
# For shared caches in front of this server, which take many readers' requests for one page: they revalidate once a
# second and may serve the stale page meanwhile. Edits are visible there after at most two seconds, without purging.
# Browsers still revalidate each time.
SHARED = f"{PUBLIC}, s-maxage=1, stale-while-revalidate=1"
# Includes responses that a page is gone; otherwise a cache would serve its old copy once this server is unreachable.
OF_PAGES = {200, 301, 308, 404, 410}


class CachePolicyMiddleware(Middleware):
    """Prevent caching of private responses; let public ones be cached and revalidated each time."""

    def __call__(self, request):
        response = self.get_response(request)
        # It may depend on the user in all of the admin, and with a session cookie.
        is_private = is_admin(request) or settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_private and not getattr(response, "is_file_for_all", False):
            add_never_cache_headers(response)
            response.headers.pop("ETag", None)  # so that it is not revalidated
        elif not response.has_header("Cache-Control"):
            public = request.method in {"GET", "HEAD"} and response.status_code < 500
            response.headers["Cache-Control"] = self._policy(request, response) if public else "no-store"
        return response

    def _policy(self, request, response) -> str:
        """Let shared caches store what a view marks as cacheable (ops.page_cache.decorator)."""
        view = getattr(request.resolver_match, "func", None)
        return SHARED if response.status_code in OF_PAGES and hasattr(view, "understands") else PUBLIC


class ConditionalMiddleware(ConditionalGetMiddleware):
    """Django's, for HEAD too (RFC 9110, section 9.3.2): the response still has a body here, which the server drops."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.method == "HEAD" and self.needs_etag(response):
            if not response.has_header("ETag"):
                set_response_etag(response)
            whole = cast(HttpResponse, response)
            response = get_conditional_response(request, response.get("ETag"), response=whole) or response
        else:
            response = super().process_response(request, response)
        if response.status_code == 412 and is_api(request):
            return error_response(request, 412, "The current version does not match If-Match.")
        return response


class CompressionMiddleware(GZipMiddleware):
    """Django's, except for files and parts of files (`is_as_stored`), whose strong ETag identifies these bytes."""

    def process_response(self, request, response):
        if getattr(response, "is_as_stored", False):
            return response
        # Django's looks for the word gzip only, and would compress for clients that refuse it with q=0.
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
        request.META["HTTP_ACCEPT_ENCODING"] = preferred_encoding(accepted, ("gzip",))
        return super().process_response(request, response)


class ContentSecurityPolicyMiddleware(csp.ContentSecurityPolicyMiddleware):
    """Django's, with a separate policy for the admin, and with a Permissions-Policy."""

    def process_response(self, request, response):
        if is_admin(request) and not hasattr(response, "_csp_config"):
            response._csp_config = settings.ADMIN_CSP  # pyright: ignore[reportAttributeAccessIssue] private in Django
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return super().process_response(request, response)

"""How errors look: a page for people, an RFC 9457 problem document for programs. The only place that decides it."""

import logging
import re
import sys
from collections.abc import Callable
from http import HTTPStatus

import orjson
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, FieldError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.views.decorators.csp import csp_override
from rest_framework import exceptions
from rest_framework.response import Response

from ops.http.file_responses import TooManyDownloadsError
from ops.http.outage import ADVICE, RETRY_SECONDS, Outage, outage_of
from ops.http.urls import absolute, with_query
from ops.limits import turns

logger = logging.getLogger(__name__)
PROBLEM_CONTENT_TYPE = "application/problem+json"
# The last part of an address, if it has words to search for: no secret of a link, and no other file.
SLUG = re.compile(r"(?<=/)(?=\d*-?[a-z])[a-z0-9-]{1,100}(?=/?\Z)")
# Context for the page frame when no request provides it: values by name, from functions without database queries.
page_context: dict[str, Callable] = {}


class Gone(Exception):
    """The page existed and was removed on purpose: respond with 410."""


class NamedProblem(exceptions.APIException):
    """A problem with its own type: `problem_name` identifies it for programs, and the API documentation explains it."""

    def __init__(self, status: int, problem_name: str, detail: str, headers: dict | None = None):
        super().__init__(detail, code=problem_name)
        self.status_code, self.problem_name, self.headers = status, problem_name, headers or {}


def problem_type(name: str) -> str:
    """Return the URL that identifies a kind of problem: its section of the API documentation."""
    return f"{absolute(reverse('api-docs'))}#problem-{name}" if name else "about:blank"


def problem(request: HttpRequest, status: int, detail: str, kind: str = "about:blank", **extra: object) -> dict:
    """Return the members of a problem document (RFC 9457, section 3). `extra` adds members, such as `errors`."""
    return {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": escape_uri_path(request.path),
        "request_id": getattr(request, "id", None),
        **extra,
    }


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/v")


@csp_override(settings.SECURE_CSP)  # also in the admin, whose pages have a nonce on each script
def error_response(
    request: HttpRequest,
    status: int,
    detail: str,
    advice: str = "",
    name: str = "",
    headers: dict | None = None,
    **extra: object,
) -> HttpResponse:
    """Return an error response outside DRF: a problem document under /api/v…, a page elsewhere.

    `name` is that of a problem that the API documentation explains; `extra` is context for the page.
    """
    if is_api(request):
        body = orjson.dumps(problem(request, status, detail, problem_type(name)))
        return HttpResponse(body, status=status, headers=headers, content_type=PROBLEM_CONTENT_TYPE)
    context = {
        "status": status,
        "detail": detail,
        "advice": advice,
        "request_id": getattr(request, "id", ""),
        "words": slug[0].replace("-", " ").strip() if (slug := SLUG.search(request.path)) else "",
        **{name: value() for name, value in page_context.items()},
        **extra,
    }
    return HttpResponse(render_to_string(f"{status}.html", context), status=status, headers=headers)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Respond with 400. Only messages of our own parsers are meant for readers; Django's are not shown."""
    message = str(exception) if isinstance(exception, BadRequest) else ""
    return error_response(request, 400, message or "The request could not be understood.")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 403, "You are not allowed to see this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(request, 403, "The form has expired or came from another site. Reload it.")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path_info.startswith(f"/{settings.ADMIN_PATH}") and getattr(request.user, "is_staff", False):
        return render(request, "admin/404.html", admin.site.each_context(request), status=404)
    return error_response(request, 404, "There is no page at this address.")


def gone(request: HttpRequest) -> HttpResponse:
    return error_response(request, 410, "This page was removed.")


def answer_to(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """Return the response to an exception that a view raised and that is not a bug; None for any other."""
    if isinstance(exception, Gone):
        return gone(request)
    if isinstance(exception, TooManyDownloadsError):
        message = "Many large files are being sent at the moment. Try again shortly."
        return tried_later(error_response(request, 503, message))
    if isinstance(exception, turns.BusyError):
        return busy(request)
    # PostgreSQL finds no row for a key with too many digits; SQLite's driver cannot even query it.
    if isinstance(exception, OverflowError) and "SQLite INTEGER" in str(exception):
        return error_response(request, 400, "A number in this request is too large.")
    return None


# Django's admin queries with values from URLs and forms before they are validated: in lists, in exports, and when it
# shows again what was chosen.
_NO_VALUE = re.compile(r"expected a number but got|Cannot resolve keyword")


def answer_to_staff(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """Log and return the response to an admin request that no admin page makes; None for any other exception."""
    is_no_value = isinstance(exception, (ValueError, FieldError)) and _NO_VALUE.search(str(exception))
    if not is_no_value and not isinstance(exception, (OverflowError, IncorrectLookupParameters)):
        return None
    logger.warning("The admin was asked for what cannot be: %s", request.path, exc_info=exception)
    return error_response(request, 400, "A value in this request is invalid.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Respond to an unhandled exception of a view or middleware; called while it is being handled."""
    trouble = outage_of(sys.exc_info()[1])
    if trouble is not None:
        return unavailable(request, trouble)
    return error_response(request, 500, "Something went wrong here. It has been logged.")


def unavailable(request: HttpRequest, trouble: Outage) -> HttpResponse:
    """Respond with 503 when the database or the disk has a problem. Needs no query, and is not cached."""
    is_reading = request.method in {"GET", "HEAD", "OPTIONS"}
    meanwhile = " Signing in is not possible meanwhile." if trouble.is_of_writing else ""
    message_and_advice = (f"{trouble.description}.", "") if is_reading else (trouble.refusal + meanwhile, ADVICE)
    return tried_later(error_response(request, 503, *message_and_advice))


def tried_later(response: HttpResponse, seconds: int = RETRY_SECONDS) -> HttpResponse:
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


RETRIED = "retried"  # the query parameter of a page that has reloaded by itself
BUSY = "The site is busy with other searches and calculations at the moment."


def busy(request: HttpRequest) -> HttpResponse:
    """Respond to a request whose turn did not come: 503. A page reloads once by itself; HEAD gets an empty 200.

    A form comes back with all that was typed, and sends itself once more unless its files have to be chosen again.
    """
    if request.method == "HEAD":
        return tried_later(HttpResponse(), turns.RETRY_SECONDS)
    if request.method == "POST" and not is_api(request):
        return tried_later(_sent_again(request), turns.RETRY_SECONDS)
    reloads = request.method == "GET" and not is_api(request) and RETRIED not in request.GET
    advice = f"This page reloads by itself once, in {turns.RETRY_SECONDS} seconds." if reloads else ""
    response = tried_later(error_response(request, 503, BUSY, advice), turns.RETRY_SECONDS)
    if reloads:
        address = with_query(request.get_full_path(), f"{RETRIED}=1")
        response.headers["Refresh"] = f"{turns.RETRY_SECONDS}; url={address}"
    return response


def _sent_again(request):
    """Return what was sent as a form, for scripts as JSON with a sentence."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"problem": f"{BUSY} Try again."}, status=503)
    is_first = RETRIED not in request.POST
    sent = {
        "fields": [(name, value) for name, values in request.POST.lists() if name != RETRIED for value in values],
        "files": [(name, file.name) for name, files in request.FILES.lists() for file in files],
        "seconds": turns.RETRY_SECONDS if is_first and not request.FILES else None,
    }
    return error_response(request, 503, "", sent=sent)


def locked_out(request: HttpRequest, credentials: dict | None = None, *args: object, **kwargs: object) -> HttpResponse:
    """Respond to too many wrong passwords (django-axes calls this)."""
    message = "Too many sign-in attempts. Try again in 15 minutes."
    return error_response(request, 429, message, headers={"Retry-After": "900"})


def api_exception_handler(exception: Exception, context: dict) -> Response | None:
    """Return DRF's errors as problem documents, with the invalid fields under `errors`.

    Other exceptions reach the handlers above. One with a `problem_name` is a kind that the documentation explains.
    """
    if not isinstance(exception, exceptions.APIException):
        return None
    extra, detail = {}, exception.detail
    if isinstance(exception, exceptions.ValidationError):
        extra["errors"] = detail if isinstance(detail, dict) else {"query": detail}
        detail = "Some parameters are invalid: see errors."
    name, headers = getattr(exception, "problem_name", ""), dict(getattr(exception, "headers", {}))
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(
        problem(context["request"]._request, exception.status_code, str(detail), problem_type(name), **extra),
        status=exception.status_code,
        headers=headers,
        content_type=PROBLEM_CONTENT_TYPE,
    )

"""The check for programs: a CI job fails before a model that it uses is retired."""

import json
from copy import deepcopy
from pathlib import Path

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.check.finding import stack_names
from catalog.check.reading import Found
from catalog.check.result import DAYS, most_urgent
from catalog.check.views import MOST_BYTES, MOST_BYTES_WITH_KEY
from ops.http.errors import NamedProblem
from ops.http.urls import absolute
from ops.limits.turns import turn
from publishing.api.filters import checked, given_once, listed, refuse_unknown
from publishing.api.pagination import whole_number
from publishing.api.schemas import examples_in

NOTHING = "0 models found, so nothing was checked: only full names and ids in the catalogue count."
OPENAPI = examples_in(Path(__file__).with_name("openapi.json"))
FAIL, PASS = "fail", "pass"
MOST_NAMES = 1_000
JSON = "application/json"


class StackCheckView(APIView):
    http_method_names = ["get", "post"]

    @extend_schema(exclude=True)  # described by openapi.json
    def get(self, request: Request) -> Response:
        """Answer for names on record alone: an address may be logged, so nothing else of it is read or repeated."""
        refuse_unknown(request, ("models", "days", "unknown"))
        names = checked("models", lambda: listed(request.query_params.getlist("models")))
        if not names:
            raise ValidationError({"models": ["Give names such as gpt-4o, separated by commas; send texts by POST."]})
        with turn():
            found, number = stack_names().find_names(names)
            return _answer(request, found._replace(unknown=[]), number)

    @extend_schema(exclude=True)
    @sensitive_variables()
    def post(self, request: Request) -> Response:
        refuse_unknown(request, ("days", "unknown"))
        body = request._request.body
        has_key = request._request.partner_key  # pyright: ignore[reportAttributeAccessIssue] set by ApiAccessMiddleware
        most = MOST_BYTES_WITH_KEY if has_key else MOST_BYTES
        if len(body) > most:
            words = f"The text has more than {most:,} bytes"
            advice = "" if most == MOST_BYTES_WITH_KEY else f"; with a key it may have {MOST_BYTES_WITH_KEY:,}"
            raise NamedProblem(413, "text-too-long", f"{words}{advice}.")
        text = body.decode(errors="replace")
        if not text.strip():
            raise ValidationError({"body": ["Send the text to check, as text/plain."]})
        names = _names_of_json(text) if request.content_type.partition(";")[0].strip() == JSON else None
        with turn():
            if names is None:
                found = stack_names().find(text)
                return _answer(request, found, len(found.unknown))
            return _answer(request, *stack_names().find_names(names))


@sensitive_variables()
def _names_of_json(text: str) -> list[str] | None:
    """Return the names of {"models": [...]} and None for another JSON, such as a configuration file."""
    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        raise ValidationError({"body": ["This is not JSON. Send other texts as text/plain."]}) from None
    if not isinstance(names, list | dict):
        raise ValidationError({"body": ["Send names as a JSON list, and a text as text/plain."]})
    names = names["models"] if isinstance(names, dict) and [*names] == ["models"] else names
    if not isinstance(names, list):
        return None
    if len(names) > MOST_NAMES:
        raise ValidationError({"models": [f"Send at most {MOST_NAMES:,} names."]})
    return names if all(isinstance(name, str) for name in names) else None


def _answer(request: Request, found: Found, unknown: int) -> Response:
    """Return the result for what a text names, and the number of names that are not on record."""
    days, day = whole_number(request, "days", DAYS, least=0, most=3650), timezone.localdate()
    mode = given_once(request, "unknown") or PASS
    if mode not in (PASS, FAIL):
        raise ValidationError({"unknown": ["Enter pass or fail."]})
    models, more, page = most_urgent(found, day, days)
    failing = [model["slug"] for model in models if not model["passed"]]
    number = len(models) + more
    ending = f"{len(failing) or 'none'} retired or due to be within {days} days. Not all retirements are on record."
    summary = f"{number} model{'s' * (number != 1)} found, {ending}" if number else NOTHING
    if unknown:
        summary += f" {unknown} name{'s' * (unknown != 1)} not recognised."
    is_known = number > 0 and not unknown
    passed = not failing and (is_known or mode == PASS)
    result = {"day": day, "days": days, "passed": passed, "found": number, "summary": summary}
    result |= {"failing": failing, "models": models, "more": more}
    return Response({**result, "unknown": unknown, "url": absolute(page)})


def describe(result: dict, generator: object, request: object, public: bool) -> dict:
    """Add the check to the OpenAPI document. A postprocessing hook of drf-spectacular."""
    result["components"]["schemas"] |= deepcopy(OPENAPI["schemas"])
    result["paths"][reverse("api-check")] = {
        "get": deepcopy(OPENAPI["names"]),
        "post": deepcopy(OPENAPI["operation"]),
    }
    result["tags"].append({"name": "check", "description": OPENAPI["operation"]["description"]})
    return result

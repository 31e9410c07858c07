"""The check for programs: a CI job fails before a model that it uses is retired."""

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
from catalog.check.result import DAYS, most_urgent
from catalog.check.views import MOST_BYTES, MOST_BYTES_WITH_KEY
from ops.http.errors import NamedProblem
from ops.http.urls import absolute
from ops.limits.turns import turn
from publishing.api.filters import refuse_unknown
from publishing.api.pagination import whole_number
from publishing.api.schemas import examples_in

NOTHING = "0 models found, so nothing was checked: only full names and ids in the catalogue count."
OPENAPI = examples_in(Path(__file__).with_name("openapi.json"))


class StackCheckView(APIView):
    http_method_names = ["post"]

    @extend_schema(exclude=True)  # described by openapi.json
    @sensitive_variables()
    def post(self, request: Request) -> Response:
        refuse_unknown(request, ("days",))
        days, day = whole_number(request, "days", DAYS, least=0, most=3650), timezone.localdate()
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
        with turn():
            names = stack_names().find(text)
            models, more, page = most_urgent(*names, day, days)
        failing = [model["slug"] for model in models if not model["passed"]]
        found = len(models) + more
        ending = f"{len(failing) or 'none'} retired or due to be within {days} days. Not all retirements are on record."
        summary = f"{found} model{'s' * (found != 1)} found, {ending}" if found else NOTHING
        result = {"day": day, "days": days, "passed": not failing, "found": found, "summary": summary}
        result |= {"failing": failing, "models": models, "more": more}
        return Response({**result, "unknown": len(names[1]), "url": absolute(page)})


def describe(result: dict, generator: object, request: object, public: bool) -> dict:
    """Add the check to the OpenAPI document. A postprocessing hook of drf-spectacular."""
    result["components"]["schemas"] |= deepcopy(OPENAPI["schemas"])
    result["paths"][reverse("api-check")] = {"post": deepcopy(OPENAPI["operation"])}
    result["tags"].append({"name": "check", "description": OPENAPI["operation"]["description"]})
    return result

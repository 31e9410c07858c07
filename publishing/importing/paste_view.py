"""The endpoint that cleans what is pasted into the editor."""

import json

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from ops.limits.turns import turn
from publishing.content.permissions import AnyUser, has_permission
from publishing.content.registry import kinds
from publishing.importing import markdown
from publishing.importing.conversion import convert_fragment
from publishing.importing.report import Report
from publishing.richtext.allowlist import check_length

MOST_BYTES = 10 * 1024 * 1024


@require_POST
def paste_view(request: HttpRequest) -> HttpResponse:
    """Return pasted content, `html` or `text` in Markdown, as it may be inserted into a text.

    The response is {"html": … or null for text that is not Markdown, "report": [sentences]}, or {"problem": sentence}.
    """
    if not any(may_write(request.user, model) for model in kinds()):
        raise PermissionDenied
    try:
        body = request.body
        if len(body) > MOST_BYTES:
            raise RequestDataTooBig
        pasted = json.loads(body)
    except RequestDataTooBig:
        return JsonResponse({"problem": "The pasted text is too large. Paste it in parts."}, status=413)
    except (ValueError, RecursionError):  # the latter for thousands of nested brackets
        return JsonResponse({"problem": "This is not JSON."}, status=400)
    html, text = (pasted.get(name) if isinstance(pasted, dict) else None for name in ("html", "text"))
    try:
        with turn(is_staff=True):
            return JsonResponse(_converted(request, html, text))
    except ValidationError as error:
        return JsonResponse({"problem": " ".join(error.messages)}, status=400)


def _converted(request, html: object, text: object) -> dict:
    if isinstance(html, str) and html:
        taken = convert_fragment(html, request.user)
    elif isinstance(text, str) and markdown.looks_like_markdown(text):
        report = Report()
        taken = convert_fragment(markdown.html_of(text, report)[0], request.user, report)
    else:
        return {"html": None, "report": []}
    check_length(taken.html)
    return {"html": taken.html, "report": taken.lines}


def may_write(user: AnyUser, model: type[Model]) -> bool:
    return has_permission(user, "add", model) or has_permission(user, "change", model)

"""The view behind the editor's dialog for tables and charts: the chosen one, or what is wrong with the choices."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from publishing.content.permissions import may_view
from publishing.content.registry import publishable_model
from publishing.rendering.tables.fill import Tables
from publishing.rendering.tables.sources import comparable, parse_table_definition
from publishing.rendering.tables.stored import with_current_tables
from publishing.richtext.table_element import ATTRIBUTE, InvalidTableError

MOST_OF_CAPTION = 300
OF_DIALOG = {"kind", "caption", "as_of"}


@require_GET
def table_view(request: HttpRequest) -> HttpResponse:
    """Return a table or chart as HTML, a sentence on what had to be left out, or "", and the drawing of a chart."""
    label = request.GET.get("kind", "")
    model = publishable_model(label) if label in comparable else None
    if model is None or not may_view(request.user, model):
        return JsonResponse({"problem": "Choose at least one record to compare."}, status=HTTPStatus.NOT_FOUND)
    caption = " ".join(request.GET.get("caption", "").split())
    if not caption or len(caption) > MOST_OF_CAPTION:
        return _problem(f"Describe the table in a caption of up to {MOST_OF_CAPTION} characters.")
    chosen = [(name, value) for name, values in request.GET.lists() if name not in OF_DIALOG for value in values]
    try:
        wanted = parse_table_definition(f"{label}?{urlencode(chosen)}")
    except InvalidTableError as problem:
        return _problem(str(problem))
    empty = format_html('<table {}="{}"><caption>{}</caption></table>', ATTRIBUTE, wanted.as_text(), caption)
    tables = Tables(empty)
    drawn = tables.current(wanted.as_text()).chart
    keys = tables.readable_keys(wanted)
    if not (drawn or keys):
        return _problem("None of these can be compared: they are unpublished or unverified.")
    missing = len(wanted.keys) - len(keys)
    left_out = f"{missing} records are left out because they are unpublished or unverified." if missing else ""
    picture = drawn.picture("preview") if drawn else ""
    return JsonResponse({"html": with_current_tables(empty), "left_out": left_out, "picture": picture})


def _problem(problem: str) -> JsonResponse:
    return JsonResponse({"problem": problem}, status=HTTPStatus.BAD_REQUEST)

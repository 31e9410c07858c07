"""The view behind the editor's table dialog: returns the chosen table, or what is wrong with the choices."""

from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.http import JsonResponse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from publishing.content.permissions import may_view
from publishing.content.registry import publishable_model
from publishing.rendering.tables.fill import Tables
from publishing.rendering.tables.sources import comparable, parse_table_definition
from publishing.rendering.tables.stored import with_current_tables
from publishing.richtext.table_element import ATTRIBUTE, MOST_RECORDS, InvalidTableError

MOST_OF_CAPTION = 300


@require_GET
def table_view(request):
    """Return the HTML of a table with today's values, and a sentence on what had to be left out, or "".

    Parameters: `kind`; `record`, repeatable, or `list`, a URL or query string; `fact`, repeatable; `caption`.
    """
    label = request.GET.get("kind", "")
    model = publishable_model(label) if label in comparable else None
    if model is None or not may_view(request.user, model):
        return JsonResponse({"problem": "Choose at least one record to compare."}, status=HTTPStatus.NOT_FOUND)
    caption = " ".join(request.GET.get("caption", "").split())
    if not caption or len(caption) > MOST_OF_CAPTION:
        return _problem(f"Describe the table in a caption of up to {MOST_OF_CAPTION} characters.")
    try:
        wanted = parse_table_definition(f"{label}?{urlencode(_chosen(request.GET))}")
    except InvalidTableError as problem:
        return _problem(str(problem))
    empty = format_html('<table {}="{}"><caption>{}</caption></table>', ATTRIBUTE, wanted.as_text(), caption)
    shown = Tables(empty).mentions()
    if not shown:
        return _problem("None of these can be compared: they are unpublished or unverified.")
    return JsonResponse({"html": with_current_tables(empty), "left_out": _left_out(wanted, len(shown))})


def _chosen(parameters) -> list[tuple[str, str]]:
    chosen = [(name, value) for name in ("record", "fact") for value in parameters.getlist(name)]
    return [*chosen, ("list", _parameters(parameters["list"].strip()))] if "list" in parameters else chosen


def _parameters(address: str) -> str:
    """Return the query string of a list, also from a copied URL."""
    is_address = address.startswith(("http:", "https:", "/", "?"))
    return urlsplit(address).query if is_address else address


def _left_out(wanted, shown: int) -> str:
    if wanted.listed is not None:
        return f"The list has more records: the table shows the first {MOST_RECORDS}." if shown > MOST_RECORDS else ""
    missing = len(wanted.keys) - shown
    return f"{missing} records are left out because they are unpublished or unverified." if missing else ""


def _problem(words: str) -> JsonResponse:
    return JsonResponse({"problem": words}, status=HTTPStatus.BAD_REQUEST)

"""The rows of a table of offers as HTML: in Python, because a page has dozens."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.presenting.cells import UNKNOWN
from catalog.presenting.rows import OLDER, OfferingRow
from publishing.rendering.names import whole_names

ROW = '<tr><th class="offer-table__name" scope="row">{}</th>{}{}</tr>\n'
NUMBERS = (
    '<td class="table__number"><span class="table__label">Input</span> {}</td>'
    '<td class="table__number"><span class="table__label">Output</span> {}</td>'
    '<td class="table__number"><span class="table__label">Context</span> {}</td>'
)
CONTEXT = '{}<span class="table__label"> tokens</span>'
STATUS = (
    '<td class="offer-table__status"><span class="status status--{}">{}</span> <span class="table__note">{}</span></td>'
)
REGIONS = '<td{}><span class="table__label">Regions</span> {}</td>'
DATA = '<td class="offer-table__data{}"><span class="table__label">Data use</span> {}</td>'
SEVERAL = '{} providers at the same price&nbsp;{} <span class="offer-table__names">{}</span>'
NAMES = ' <span class="offer-table__names">{}</span>'
IDS = (
    ' <details class="offer-table__ids"><summary>{} model IDs<span class="visually-hidden"> of {}</span></summary>{}'
    "</details>"
)
ID, ONE_OF_IDS = ' <code class="offer-table__id">{}</code>', '<code class="offer-table__id">{}</code> '
NO_REGIONS, NO_DATA = SafeString(' class="table__none"'), " table__none"
NONE = "–"
EUROPEAN, EU = "eu.", "EU (according to the model ID)"  # the beginning of an id, and what it says


def offer_rows(offers: dict[str, Any], groups: Iterable[dict], part: tuple[int, str], shown: object) -> str:
    """Return the rows of these groups of the tag `offers_of`. Without `shown`, the page of a model, they name models.

    The status is left out in the second part, of which it is the title.
    """
    return format_html_join("", ROW, (_cells(offers, group, part, bool(shown)) for group in groups))


def _cells(offers: dict[str, Any], group: dict, part: tuple[int, str], is_of_model: bool) -> tuple[str, str, str]:
    """Return the name of a group, its numbers, and the other cells."""
    row: OfferingRow = group["rows"][0]
    tokens = UNKNOWN if row.context_tokens is None else format_html(CONTEXT, f"{row.context_tokens:,}")
    others = []
    if part[0] != OLDER:
        status = ("unverified", "Doubtful") if row.is_doubtful else (row.status, row.status.label)
        others.append(format_html(STATUS, *status, row.remark))
    if offers["regions"]:
        regions = row.values["regions"]
        others.append(format_html(REGIONS, "" if regions else NO_REGIONS, regions or NONE))
    if offers["data"]:
        is_known = row.data_policy or row.values["data_policy_url"]
        others.append(format_html(DATA, "" if is_known else NO_DATA, row.data_cell if is_known else NONE))
    numbers = format_html(NUMBERS, row.input_cell, row.output_cell, tokens)
    return _name(group, row, is_of_model), numbers, format_html_join("", "{}", zip(others))


def _name(group: dict, row: OfferingRow, is_of_model: bool) -> str:
    """Return the providers of a group, or its model, with the ids."""
    rows = group["rows"]
    if is_of_model and len(group["providers"]) > 1:
        return format_html(SEVERAL, len(group["providers"]), group["cited"], group["links"])
    if is_of_model:
        name, region = format_html("{}&nbsp;{}", group["links"], group["cited"]), row.values["regions"]
        if not region and row.api_id.startswith(EUROPEAN):
            region = EU
        if region and len(rows) == 1:
            name = format_html("{}{}", name, format_html(NAMES, region))
    else:
        title = whole_names(row.title)
        name = format_html('<a href="{}">{}</a>', row.model.url, title) if row.model else row.title
    if len(rows) == 1:
        return format_html("{}{}", name, format_html(ID, row.api_id))
    ids = format_html_join("", ONE_OF_IDS, ([one.api_id] for one in rows))
    return format_html("{}{}", name, format_html(IDS, len(rows), row.provider if is_of_model else row.title, ids))

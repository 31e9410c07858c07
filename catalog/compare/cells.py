"""The rows of a comparison as HTML: in Python, because there are hundreds of cells."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.compare.comparison import NO_VALUE, ComparisonCell, ComparisonRow
from catalog.presenting.cells import UNKNOWN
from publishing.rendering.names import whole_names

ROW = '<tr class="compare__row"><th class="compare__label" scope="row"><span>{}</span></th>{}</tr>\n'
CELL = "<td{}>{}{}</td>"
SAME = '<td colspan="{}">{} <span class="compare__remark">the same for all</span></td>'
WHOSE = '<span class="compare__whose">{}</span> '
NOT_KNOWN = '<em class="unknown">{}</em>'
LINK, ELSEWHERE = '<a href="{}">{}</a>', '<a href="{}" rel="noopener">{}</a>'
ENDING = '<span class="status status--{}">{}</span>'
BEST = '<strong class="compare__best">{} <span class="compare__mark">{}</span></strong>'
REMARK = ' <span class="compare__remark">{}{}</span>'
NOTHING = SafeString(' class="compare__nothing"')
UNCHECKED = SafeString('<span class="visually-hidden">, not yet checked at the host</span>')
WITH_NAMES = "Our view", "Providers"  # a question and a label whose cells repeat the name of the model


def comparison_rows(rows: Iterable[ComparisonRow], question: str) -> str:
    return format_html_join("", ROW, ((row.label, _cells(row, question)) for row in rows))


def _cells(row: ComparisonRow, question: str) -> str:
    if row.is_same:
        return format_html(SAME, len(row.cells), _cell(row.cells[0]))
    is_named = question == WITH_NAMES[0] or row.label == WITH_NAMES[1]
    cells = (
        (
            NOTHING if cell.text == NO_VALUE else "",
            format_html(WHOSE, cell.whose) if is_named else "",
            _cell(cell, row.better if place in row.best else ""),
        )
        for place, cell in enumerate(row.cells)
    )
    return format_html_join("", CELL, cells)


def _cell(cell: ComparisonCell, better: str = "") -> str:
    """Return a value with its remark; `better` says of the best one whether it is the lowest or the highest."""
    if not cell.text:
        shown = UNKNOWN
    elif not cell.is_known:
        shown = format_html(NOT_KNOWN, cell.text)
    elif cell.url:
        shown = format_html(LINK if cell.url.startswith("/") else ELSEWHERE, cell.url, whole_names(cell.text))
    elif cell.ending:
        shown = format_html(ENDING, cell.ending, cell.text)
    else:
        shown = format_html(BEST, cell.text, better) if better else cell.text
    if not cell.remark:
        return shown
    return format_html("{}{}", shown, format_html(REMARK, cell.remark, UNCHECKED if "○" in cell.remark else ""))

"""Read tables of imported texts: their rows, and whether the first one is a header."""

from lxml.html import HtmlElement

from publishing.importing.markup import style_of
from publishing.richtext.document import words_of

CELLS = ("td", "th")


def rows_of(table: HtmlElement) -> list:
    """Return the rows of a table in display order, without those of nested tables."""
    parts = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        if child.tag == "tr":
            parts["tbody"].append(child)
        elif (tag := str(child.tag)) in parts:
            parts[tag] += child.findall("tr")
    return [row for part in parts.values() for row in part]


def is_layout(table: HtmlElement, rows: list[HtmlElement]) -> bool:
    """Return whether a table is used for layout only: it has a single cell, or a role that says so."""
    return table.get("role") in {"presentation", "none"} or sum(cell.tag in CELLS for row in rows for cell in row) < 2


def has_header_markup(row: HtmlElement) -> bool:
    """Return whether the source marks a row as header: by a thead, or by Word's own styles."""
    style = style_of(row)
    is_words = style.get("mso-yfti-irow") == "-1" or style.get("mso-yfti-lastfirstrow") == "yes"
    return is_words or next(row.iterancestors()).tag == "thead"


def mark_header(rows: list, are_marked: list[bool]) -> bool:
    """Turn the cells of header rows into th elements, without bold, and return whether there is such a row.

    If the source marks none, the first row is a header if all of it is bold and the others are not.
    """
    by_look = not are_marked[0] and len(rows) > 1 and _is_bold(rows[0]) and not all(map(_is_bold, rows[1:]))
    are_headers = [are_marked[0] or by_look, *are_marked[1:]]
    for row in [row for row, is_header in zip(rows, are_headers, strict=True) if is_header]:
        for cell in row:
            cell.tag = "th"
    for bold in [bold for row in rows for cell in row.findall("th") for bold in cell.iter("strong")]:
        bold.drop_tag()
    return any(all(cell.tag == "th" for cell in row) for row in rows)


def _is_bold(row) -> bool:
    plain = ".//text()[normalize-space()][not(ancestor::strong)]"
    filled = [cell for cell in row if words_of(cell)]
    return bool(filled) and all(cell.tag == "th" or not cell.xpath(plain) for cell in filled)

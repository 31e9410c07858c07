"""Tables of a text from elsewhere: their rows, and whether the first of them holds headings."""

from publishing.incoming.blocks import Block
from publishing.incoming.markup import style_of

SPANS = ("colspan", "rowspan")
MOST_SPAN = 100


def rows_of(table) -> list:
    """The rows of a table in the tree, in the order in which they are shown; those of tables inside it left out."""
    parts = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        if child.tag == "tr":
            parts["tbody"].append(child)
        elif child.tag in parts:
            parts[child.tag] += [row for row in child if row.tag == "tr"]
    return [row for part in parts.values() for row in part]


def is_layout(table, rows) -> bool:
    """Whether it only puts things in their places: a single cell, or said to be no table."""
    cells = [cell for row in rows for cell in row if cell.tag in {"td", "th"}]
    return table.get("role") in {"presentation", "none"} or len(cells) < 2


def is_said_to_be_header(row) -> bool:
    """Whether the source says that a row holds headings: by its place, or by Word's own way to say it."""
    style = style_of(row)
    is_words = style.get("mso-yfti-irow") == "-1" or style.get("mso-yfti-lastfirstrow") == "yes"
    return is_words or row.getparent().tag == "thead"


def spans_of(cell) -> dict:
    found = {}
    for name in SPANS:
        value = cell.get(name) or ""
        if value.isascii() and value.isdigit() and len(value) <= 3 and 1 < int(value) <= MOST_SPAN:
            found[name] = int(value)
    return found


def mark_header(rows: list[Block], said: list[bool]) -> bool:
    """Turn the cells of header rows into header cells; return whether there is such a row.

    Where nothing says so, the first row is one if all its words are bold and those of the others are not.
    """
    for row, is_said in zip(rows, said, strict=True):
        if is_said:
            _to_headers(row)
    first = rows[0]
    if not said[0] and _is_bold(first) and len(rows) > 1 and not all(map(_is_bold, rows[1:])):
        _to_headers(first)
    return any(all(cell.tag == "th" for cell in row.children) for row in rows)


def _is_bold(row: Block) -> bool:
    filled = [cell for cell in row.children if cell.words]
    return bool(filled) and all(cell.tag == "th" or cell.is_bold() for cell in filled)


def _to_headers(row: Block):
    for cell in row.children:
        cell.tag = "th"

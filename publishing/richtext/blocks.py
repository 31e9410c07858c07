"""Tables, code and figures of a body as readers need them: named, and with a frame that the keyboard can scroll."""

import re

from publishing.richtext.document import words_of

WIDE_COLUMNS = 5  # from so many columns on a table may stand wider than the text
UNBROKEN = re.compile(r"[^\s-]{24}")  # and with so long a word, as an address is


def make_table_readable(table):
    """Say which cells are headers of what, and let a wide table scroll by itself, by keyboard too."""
    rows = list(table.iter("tr"))
    columns = max((sum(int(cell.get("colspan") or 1) for cell in row) for row in rows), default=0)
    if rows and len(rows[0]) and all(cell.tag == "th" for cell in rows[0]):
        for cell in rows[0]:
            cell.set("scope", cell.get("scope") or "col")
        body = rows[0].getparent()
        head = table.makeelement("thead", {})
        head.append(rows[0])
        body.addprevious(head)
        rows = rows[1:]
    for row in rows:
        for cell in row.iter("th"):
            cell.set("scope", cell.get("scope") or "row")
    caption = table.find("caption")
    words = words_of(caption) if caption is not None else ""
    is_wide = columns >= WIDE_COLUMNS or any(UNBROKEN.search(words_of(cell)) for cell in table.iter("th", "td"))
    style = "table-scroll table-scroll--wide" if is_wide else "table-scroll"
    _frame(table, style, words or "Table")


def make_code_readable(block, name: str):
    """Give code, which may scroll sideways, a name and a place in the order of the keyboard."""
    for key, value in {"role": "region", "tabindex": "0", "aria-label": name}.items():
        block.set(key, value)


def add_credit(figure, credit: str):
    """Write who made a picture under it, after its caption if it has one."""
    caption = figure.find("figcaption")
    if caption is None:
        caption = figure.makeelement("figcaption", {})
        figure.append(caption)
    line = figure.makeelement("span", {"class": "credit"})
    line.text = credit
    if len(caption):
        caption[-1].tail = f"{caption[-1].tail or ''} "
    elif caption.text:
        caption.text = f"{caption.text} "
    caption.append(line)


def _frame(table, style: str, name: str):
    frame = table.makeelement("div", {"class": style, "role": "region", "tabindex": "0", "aria-label": name})
    table.addprevious(frame)
    frame.tail, table.tail = table.tail, None
    frame.append(table)

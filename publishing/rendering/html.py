"""Render a body as HTML with holes: headings with anchors, tables with headers and frames, marks of notes."""

import re
from html import escape
from urllib.parse import urlsplit

from publishing.rendering.holes import Holes, is_local, is_outside
from publishing.richtext.document import words_of
from publishing.richtext.schema import EMPTY, HEADINGS

WIDE_COLUMNS = 5  # tables with this many columns may be wider than the text
UNBROKEN = re.compile(r"[^\s-]{24}")  # so may tables with such a long word, for example a URL
SHOWN_ADDRESS_LIMIT = 60
LITERAL = {"start", "colspan", "rowspan", "scope", "alt"}  # attributes that are copied unchanged


def text(words: str | None) -> str:
    return escape(words or "", quote=False)


def inside(element, holes: Holes) -> str:
    parts = [text(element.text)]
    for child in element:
        parts += [_html(child, holes), text(child.tail)]
    return "".join(parts)


def frame(label: str, table: str, is_wide: bool) -> str:
    """Return a table in a frame that scrolls, also by keyboard. `label` and `table`, its content, are HTML."""
    style = "table-scroll table-scroll--wide" if is_wide else "table-scroll"
    return (
        f'<div class="{style}" role="region" tabindex="0" aria-label="{label or "Table"}"><table>{table}</table></div>'
    )


def is_wide(columns: int, words) -> bool:
    return columns >= WIDE_COLUMNS or any(map(UNBROKEN.search, words))


def _html(element, holes: Holes) -> str:
    tag = element.tag
    match tag:
        case "a":
            return _link(element, holes)
        case "small":
            return holes.of(element)
        case "img":
            return _picture(element, holes)
        case "figure":
            within = inside(element, holes) + holes.of(element, "credit")
            has_picture = next(element.iter("img"), None) is not None
            return holes.of(element, insides=(f"<figure>{within}</figure>",)) if has_picture else ""
        case "figcaption":
            return f"<figcaption>{inside(element, holes)}{holes.of(element, 'credit')}</figcaption>"
        case "pre":
            label = f"Code {holes.of(element)}"
            return f'<pre role="region" tabindex="0" aria-label="{label}">{inside(element, holes)}</pre>'
        case "table":
            return _table(element, holes)
        case _ if tag in HEADINGS:
            return _plain(element, holes, id=holes.of(element))
        case _:
            return _plain(element, holes)


def _plain(element, holes: Holes, **attributes) -> str:
    given = {name: value for name, value in element.items() if name in LITERAL}
    said = "".join(f' {name}="{escape(value)}"' for name, value in (given | attributes).items() if value)
    opening = f"<{element.tag}{said}>"
    return opening if element.tag in EMPTY else f"{opening}{inside(element, holes)}</{element.tag}>"


def _link(link, holes: Holes) -> str:
    address, words = link.get("href") or "", inside(link, holes)
    if address.startswith(("ref:", "fact:")):
        return holes.of(link, insides=(words,)) or words
    if not address:
        return words
    shown = holes.of(link) or escape(address)
    relation = ' rel="noopener"' if is_outside(address) else ""
    return f'<a href="{shown}"{relation}>{words}</a>{holes.of(link, "mark")}'


def _picture(picture, holes: Holes) -> str:
    shown = holes.of(picture)
    alt = escape(picture.get("alt") or "")
    return f'<img src="{shown}" alt="{alt}" loading="lazy" decoding="async">' if is_local(picture) else shown


def _table(table, holes: Holes) -> str:
    rows = [row for part in table for row in ([part] if part.tag == "tr" else part) if row.tag == "tr"]
    columns = max((sum(int(cell.get("colspan") or 1) for cell in row) for row in rows), default=0)
    has_head = bool(rows) and len(rows[0]) > 0 and all(cell.tag == "th" for cell in rows[0])
    head = f"<thead>{_row(rows[0], 'col', holes)}</thead>" if has_head else ""
    body = "".join(_row(row, "row", holes) for row in rows[has_head:])
    body = f"{head}<tbody>{body}</tbody>" if rows else ""
    wide = is_wide(columns, (words_of(cell) for row in rows for cell in row))
    caption = table.find("caption")
    said = inside(caption, holes) if caption is not None else ""
    label = escape(holes.captions.get(caption, ""))
    if live := holes.of(table, insides=(said, label, body, "wide" if wide else "")):
        return live
    return frame(label, f"{'' if caption is None else f'<caption>{said}</caption>'}{body}", wide)


def _row(row, scope: str, holes: Holes) -> str:
    cells = [_plain(cell, holes, **({"scope": cell.get("scope") or scope} if cell.tag == "th" else {})) for cell in row]
    return f"<tr>{''.join(cells)}</tr>"


def address_in_words(address: str) -> str:
    """Return a URL as short text, for print."""
    parts = urlsplit(address)
    shown = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
    return f"{shown[: SHOWN_ADDRESS_LIMIT - 1]}…" if len(shown) > SHOWN_ADDRESS_LIMIT else shown


def source(address: str) -> str:
    """Return a link with its URL as text, which may break after a slash or before a dot."""
    steps = "<wbr>".join(map(text, re.split(r"(?<=/)|(?=\.)", address_in_words(address))))
    return f'<a href="{escape(address)}" rel="noopener">{steps}</a>'

"""From finished HTML to Markdown (CommonMark, with GFM's tables): every word of it, and the links."""

import re

from publishing.markdown.inline import BREAK, destination, joined, line, piece, pieces_of, text
from publishing.richtext.document import parse
from publishing.richtext.schema import BLOCKS, HEADINGS, MARKDOWN

FRAMES = {"div", "section"}  # which rendering sets around blocks
LISTS = {"ul", "ol"}
LIST_START = re.compile(r"(?:[-*]|\d+[.)])(?: |\Z)")


def to_markdown(html: str, page: str = "") -> str:
    """Return finished `html` as Markdown. Links within the text lead to `page`, the address that it stands at."""
    return "\n\n".join(_blocks(parse(html), page))


def plain(words) -> str:
    """Return words without markup as one line of Markdown that says just them."""
    return line(text(str(words)))


def heading(words: str, level: int) -> str:
    """Return a heading; `words` are Markdown."""
    words = words.replace(BREAK, " ")
    return f"{'#' * level} {f'{words[:-1]}{chr(92)}#' if words.endswith('#') else words}"


def link(words, address: str) -> str:
    return f"[{text(str(words)).strip()}]({destination(address)})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table; its cells are Markdown in one line."""
    width = max(len(row) for row in [head, *rows])
    padded = [[*row, *[""] * (width - len(row))] for row in [head, ["---"] * width, *rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


def _blocks(parent, page) -> list[str]:
    """The blocks inside an element; words that stand loose among them are paragraphs of their own."""
    found, loose, lists = [], [text(parent.text)], 0
    for child in parent:
        if child.tag in BLOCKS or child.tag in FRAMES:
            words = _paragraph(loose)
            before = child.getprevious()
            is_next_list = child.tag in LISTS and before is not None and before.tag == child.tag and not words
            lists = lists + 1 if is_next_list else 0
            found += [words, *_block(child, page, lists % 2)]
            loose = []
        else:
            loose += piece(child, page)
        loose.append(text(child.tail))
    return [block for block in [*found, _paragraph(loose)] if block]


def _block(element, page, parity) -> list[str]:
    match element.tag:
        case tag if tag in HEADINGS:
            words = joined(pieces_of(element, page))
            return [heading(words, int(element.tag[1]))] if words else []
        case "ul" | "ol":
            return [_list(element, page, parity)]
        case "blockquote":
            lines = "\n\n".join(_blocks(element, page)).split("\n")
            return ["\n".join(f"{MARKDOWN[element.tag]}{row}".rstrip(" ") for row in lines)]
        case "pre":
            return [_fenced(element.text_content())]
        case "hr":
            return [MARKDOWN[element.tag]]
        case "table":
            return _table(element, page)
        case "img":
            return [joined(piece(element, page))]
        case _:
            return _blocks(element, page)


def _paragraph(pieces) -> str:
    return BREAK.join(filter(None, (line(row) for row in joined(pieces).split(BREAK))))


def _list(element, page, parity) -> str:
    """Of two lists in a row the second has other marks, else they would be read as one."""
    items = [_blocks(item, page) for item in element if item.tag == "li"]
    is_loose = any(not LIST_START.match(block) for item in items for block in item[1:])
    between = "\n\n" if is_loose else "\n"
    lines = []
    for number, item in enumerate(items, start=int(element.get("start") or 1)):
        mark = f"{number}{'.)'[parity]} " if element.tag == "ol" else f"{'-*'[parity]} "
        content = re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), between.join(item))
        lines.append(mark + content if content else mark.rstrip())
    return between.join(lines)


def _fenced(words: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", words)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{words.removesuffix(chr(10))}\n{fence}"


def _table(element, page) -> list[str]:
    """The caption as a paragraph, then the table. A cell over several rows or columns leaves the others empty."""
    caption = element.find("caption")
    grid = _grid([_cells(row, page) for row in element.iter("tr")])
    has_head = element.find("thead") is not None
    head, rows = (grid[0], grid[1:]) if has_head and grid else ([], grid)
    return [
        _paragraph(pieces_of(caption, page)) if caption is not None else "",
        table(head, rows) if any(map(len, grid)) else "",
    ]


def _cells(row, page) -> list[tuple[str, int, int]]:
    return [
        (
            " ".join(joined(pieces_of(cell, page, is_cell=True)).split()),
            int(cell.get("colspan") or 1),
            int(cell.get("rowspan") or 1),
        )
        for cell in row.iter("td", "th")
    ]


def _grid(rows) -> list[list[str]]:
    taken = {}
    for y, cells in enumerate(rows):
        x = 0
        for words, columns, height in cells:
            while (x, y) in taken:
                x += 1
            for right in range(columns):
                for down in range(min(height, len(rows) - y)):
                    taken[(x + right, y + down)] = ""
            taken[(x, y)] = words
            x += columns
    width = max((x + 1 for x, _ in taken), default=0)
    return [[taken.get((x, y), "") for x in range(width)] for y in range(len(rows))]

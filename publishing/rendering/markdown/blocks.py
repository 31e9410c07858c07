"""Render a body as Markdown (CommonMark, with GFM's tables), with holes, including all words and links."""

import re

from publishing.rendering.holes import Holes
from publishing.rendering.markdown.inline import BREAK, destination, joined, line, piece, pieces_of, text
from publishing.richtext.schema import BLOCKS, HEADINGS, MARKDOWN

LISTS = {"ul", "ol"}
MOST_CELLS = 100_000  # limit for a table; in larger ones the spans are ignored
LIST_START = re.compile(r"(?:[-*]|\d+[.)])(?: |\Z)")


def inside(element, holes: Holes) -> str:
    """Return the blocks inside an element as Markdown."""
    return "\n\n".join(_blocks(element, holes))


def in_line(element, holes: Holes) -> str:
    """Return the words inside an element as one line of Markdown."""
    return joined(pieces_of(element, holes)).replace(BREAK, " ")


def plain(words) -> str:
    """Return plain text as one line of Markdown, escaped."""
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


def _blocks(parent, holes) -> list[str]:
    """Return the blocks inside an element; loose words between them become paragraphs."""
    found, loose, lists = [], [text(parent.text)], 0
    for child in parent:
        if child.tag in BLOCKS:
            words = _paragraph(loose)
            before = child.getprevious()
            is_next_list = child.tag in LISTS and before is not None and before.tag == child.tag and not words
            lists = lists + 1 if is_next_list else 0
            found += [words, *_block(child, holes, lists % 2)]
            loose = []
        else:
            loose += piece(child, holes)
        loose.append(text(child.tail))
    return [block for block in [*found, _paragraph(loose)] if block]


def _block(element, holes, parity) -> list[str]:
    match element.tag:
        case tag if tag in HEADINGS:
            words = joined(pieces_of(element, holes))
            return [heading(words, int(element.tag[1]))] if words else []
        case "ul" | "ol":
            return [_list(element, holes, parity)]
        case "blockquote":
            lines = "\n\n".join(_blocks(element, holes)).split("\n")
            return ["\n".join(f"{MARKDOWN[element.tag]}{row}".rstrip(" ") for row in lines)]
        case "pre":
            return [_fenced(element.text_content())]
        case "hr":
            return [MARKDOWN[element.tag]]
        case "table":
            return _table(element, holes)
        case "img":
            return [joined(piece(element, holes))]
        case "figure":
            has_picture = next(element.iter("img"), None) is not None
            shown = inside(element, holes) + holes.of(element, "credit", insides=("\n\n",))
            return [holes.of(element, insides=(shown,))] if has_picture else []
        case "figcaption":
            return [inside(element, holes) + holes.of(element, "credit")]
        case _:
            return _blocks(element, holes)


def _paragraph(pieces) -> str:
    return BREAK.join(filter(None, (line(row) for row in joined(pieces).split(BREAK))))


def _list(element, holes, parity) -> str:
    """Return a list. Adjacent lists alternate their markers, otherwise they would be read as one."""
    items = [_blocks(item, holes) for item in element if item.tag == "li"]
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


def _table(element, holes) -> list[str]:
    """Return the caption as a paragraph, then the table. A cell that spans others leaves them empty."""
    caption, found = element.find("caption"), list(element.iter("tr"))
    grid = _grid([_cells(row, holes) for row in found])
    has_head = bool(found) and len(found[0]) > 0 and all(cell.tag == "th" for cell in found[0])
    head, rows = (grid[0], grid[1:]) if has_head and grid else ([], grid)
    said = _paragraph(pieces_of(caption, holes)) if caption is not None else ""
    shown = table(head, rows) if any(map(len, grid)) else ""
    # In a list or a quotation, the line break is joined with the prefix of each line.
    live = holes.of(element, insides=(said, shown, "\n"))
    return [live] if live else [said, shown]


def _cells(row, holes) -> list[tuple[str, int, int]]:
    return [
        (
            " ".join(joined(pieces_of(cell, holes, is_cell=True)).split()),
            int(cell.get("colspan") or 1),
            int(cell.get("rowspan") or 1),
        )
        for cell in row.iter("td", "th")
    ]


def _grid(rows) -> list[list[str]]:
    if sum(columns * height for cells in rows for _, columns, height in cells) > MOST_CELLS:
        rows = [[(words, 1, 1) for words, _, _ in cells] for cells in rows]
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

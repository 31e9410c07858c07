"""Turn the HTML of a body into Markdown (CommonMark, with GFM's tables), with all of its words and links."""

import re
from urllib.parse import urljoin

from publishing.rendering.markdown.inline import BLOCKS, BREAK, destination, joined, line, piece, pieces_of, text
from publishing.richtext.document import parse
from publishing.richtext.schema import HEADINGS, MARKDOWN

LISTS = {"ul", "ol"}
MOST_CELLS = 100_000  # limit for a table; in larger ones the spans are ignored
LIST_START = re.compile(r"(?:[-*]|\d+[.)])(?: |\Z)")


def markdown_of(html: str, page: str) -> str:
    """Return the HTML that readers get as Markdown; links within it and the site lead on from `page`, its URL."""
    tree = parse(html)
    for link in tree.iter("a"):
        if (address := link.get("href") or "").startswith(("#", "/")):
            link.set("href", urljoin(page, address))
    return "\n\n".join(_blocks(tree))


def plain(plain_text: object) -> str:
    """Return plain text as one line of Markdown, escaped."""
    return line(text(str(plain_text)))


def heading(content: str, level: int) -> str:
    """Return a heading; `content` is Markdown."""
    content = content.replace(BREAK, " ")
    return f"{'#' * level} {f'{content[:-1]}{chr(92)}#' if content.endswith('#') else content}"


def link(label: object, address: str) -> str:
    return f"[{text(str(label)).strip()}]({destination(address)})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table; its cells are Markdown in one line."""
    width = max(len(row) for row in [head, *rows])
    padded = [[*row, *[""] * (width - len(row))] for row in [head, ["---"] * width, *rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


def _blocks(parent) -> list[str]:
    """Return the blocks inside an element; loose words between them become paragraphs."""
    blocks, loose, lists = [], [text(parent.text)], 0
    for child in parent:
        if child.tag in BLOCKS:
            paragraph = _paragraph(loose)
            before = child.getprevious()
            is_next_list = child.tag in LISTS and before is not None and before.tag == child.tag and not paragraph
            lists = lists + 1 if is_next_list else 0
            blocks += [paragraph, *_block(child, lists % 2)]
            loose = []
        else:
            loose += piece(child)
        loose.append(text(child.tail))
    return [block for block in [*blocks, _paragraph(loose)] if block]


def _block(element, parity) -> list[str]:
    match element.tag:
        case tag if tag in HEADINGS:
            content = joined(pieces_of(element))
            return [heading(content, int(element.tag[1]))] if content else []
        case "ul" | "ol":
            return [_list(element, parity)]
        case "blockquote":
            return [_quoted(_blocks(element))]
        case "aside" if kind := element.get("data-kind"):
            # The alerts that GitHub and others show as boxes; the first block is the name of the kind.
            return [_quoted([f"[!{kind.upper()}]\n{'\n\n'.join(_blocks(element)[1:])}"])]
        case "pre":
            return [_fenced(element.text_content())]
        case "hr":
            return [MARKDOWN[element.tag]]
        case "table":
            return _table(element)
        case "img":
            return [joined(piece(element))]
        case _:
            return _blocks(element)


def _quoted(blocks: list[str]) -> str:
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join(f"{MARKDOWN['blockquote']}{line}".rstrip(" ") for line in lines)


def _paragraph(pieces) -> str:
    if not any(pieces):
        return ""
    return BREAK.join(filter(None, (line(row) for row in joined(pieces).split(BREAK))))


def _list(element, parity) -> str:
    """Return a list. Adjacent lists alternate their markers, otherwise they would be read as one."""
    items = [_blocks(item) for item in element if item.tag == "li"]
    is_loose = any(not LIST_START.match(block) for item in items for block in item[1:])
    between = "\n\n" if is_loose else "\n"
    lines = []
    for number, item in enumerate(items, start=int(element.get("start") or 1)):
        mark = f"{number}{'.)'[parity]} " if element.tag == "ol" else f"{'-*'[parity]} "
        content = re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), between.join(item))
        lines.append(mark + content if content else mark.rstrip())
    return between.join(lines)


def _fenced(code: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{code.removesuffix(chr(10))}\n{fence}"


def _table(element) -> list[str]:
    """Return the caption as a paragraph, then the table. A cell that spans others leaves them empty."""
    caption, table_rows = element.find("caption"), list(element.iter("tr"))
    grid = _grid([_cells(row) for row in table_rows])
    has_head = bool(table_rows) and len(table_rows[0]) > 0 and all(cell.tag == "th" for cell in table_rows[0])
    head, rows = (grid[0], grid[1:]) if has_head and grid else ([], grid)
    caption_block = _paragraph(pieces_of(caption)) if caption is not None else ""
    return [caption_block, table(head, rows) if any(map(len, grid)) else ""]


def _cells(row) -> list[tuple[str, int, int]]:
    return [
        (
            " ".join(joined(pieces_of(cell, is_cell=True)).split()),
            int(cell.get("colspan") or 1),
            int(cell.get("rowspan") or 1),
        )
        for cell in row.iter("td", "th")
    ]


def _grid(rows) -> list[list[str]]:
    if sum(columns * height for cells in rows for _, columns, height in cells) > MOST_CELLS:
        rows = [[(content, 1, 1) for content, _, _ in cells] for cells in rows]
    taken = {}
    for y, cells in enumerate(rows):
        x = 0
        for content, columns, height in cells:
            while (x, y) in taken:
                x += 1
            for right in range(columns):
                for down in range(min(height, len(rows) - y)):
                    taken[(x + right, y + down)] = ""
            taken[(x, y)] = content
            x += columns
    width = max((x + 1 for x, _ in taken), default=0)
    return [[taken.get((x, y), "") for x in range(width)] for y in range(len(rows))]

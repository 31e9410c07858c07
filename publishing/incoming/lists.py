"""Lists that office programs write as single paragraphs, each with its marker: put into one another by their levels."""

import re

from publishing.incoming.blocks import Block, Marker

_LEVEL = re.compile(r"\blevel([1-9])\b")
_NUMBER = re.compile(r"[(\[]?\s*([0-9]{1,4}(?:\.[0-9]+)*|[a-zA-Z]|[ivxlcIVXLC]{1,6})\s*[.)\]]")
# What stands before an entry where Word saved a page “filtered”: the marker, then at least two spaces.
_WRITTEN = re.compile(
    r"\s*(?:[·•o§▪‣\uf0a7\uf0b7–-]|[(\[]?(?:[0-9]{1,4}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)\]])[\s\u00a0]{2,}"
)
DEEPEST = 9


def marker_by_style(style: str, words: str) -> Marker | None:
    """The marker that Word's `mso-list` speaks of, where `words` are those of the marker itself."""
    level = _LEVEL.search(style)
    return _marker(int(level[1]), words) if level else None


def written_marker(block: Block) -> Marker | None:
    """The marker that is written at the start of a paragraph of a list, which is taken away there."""
    words = "".join(text for text, _ in block.runs)
    match = _WRITTEN.match(words)
    if match is None:
        return None
    surplus, runs = match.end(), []
    for text, marks in block.runs:
        runs.append((text[surplus:], marks))
        surplus = max(0, surplus - len(text))
    block.runs = [(text, marks) for text, marks in runs if text]
    return _marker(1, match[0])


def _marker(level: int, words: str) -> Marker:
    number = _NUMBER.match(words.strip(" \u00a0\n\t"))
    if number is None:
        return Marker(level, False)
    last = number[1].rpartition(".")[2]
    return Marker(level, True, int(last) if last.isdigit() else 1)


def nest(blocks: list[Block]) -> list[Block]:
    """`blocks` with each row of paragraphs that have a marker as lists inside lists."""
    found, open_lists = [], []  # the lists from the outermost to the innermost, each with its level
    for block in blocks:
        if block.marker is None:
            open_lists = []
            found.append(block)
            continue
        level, tag = min(block.marker.level, DEEPEST), "ol" if block.marker.is_ordered else "ul"
        while open_lists and open_lists[-1][0] > level:
            open_lists.pop()
        if open_lists and open_lists[-1][0] == level and open_lists[-1][1].tag != tag:
            open_lists.pop()
        if not open_lists or open_lists[-1][0] < level:
            start = {"start": block.marker.number} if tag == "ol" and block.marker.number > 1 else {}
            made = Block(tag, attributes=start)
            (open_lists[-1][1].children[-1].children if open_lists else found).append(made)
            open_lists.append((level, made))
        entry = Block("p", runs=block.runs, children=block.children)
        open_lists[-1][1].children.append(Block("li", children=[entry]))
    return found

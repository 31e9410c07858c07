"""Nest lists that word processors write as paragraphs; their markers and levels are attributes while reading."""

import re

from lxml.html import HtmlElement

from publishing.importing.blocks import new_element

_LEVEL = re.compile(r"\blevel([1-9])\b")
_NUMBER = re.compile(r"[(\[]?\s*([0-9]{1,4}(?:\.[0-9]+)*|[a-zA-Z]|[ivxlcIVXLC]{1,6})\s*[.)\]]")
# The marker of an entry in pages that Word saved as “filtered”: followed by at least two spaces.
_WRITTEN = re.compile(
    r"\s*(?:[·•o§▪‣\uf0a7\uf0b7–-]|[(\[]?(?:[0-9]{1,4}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)\]])[\s\u00a0]{2,}"
)
LEVEL, LIST, START = "data-level", "data-list", "data-start"


def mark(block: HtmlElement, style: str, marker: str) -> None:
    """Turn a paragraph into a list entry, as Word's `mso-list` (`style`) says; `marker` is the text before it."""
    if level := _LEVEL.search(style):
        number = _NUMBER.match(marker.strip(" \u00a0\n\t"))
        block.set(LEVEL, level[1])
        block.set(LIST, "ol" if number else "ul")
        last = number[1].rpartition(".")[2] if number else ""
        block.set(START, str(int(last)) if last.isdigit() else "1")


def take_written_marker(block: HtmlElement, runs: list) -> list:
    """Turn a paragraph into a list entry if its `runs` start with a marker; return them without it."""
    match = _WRITTEN.match("".join(text for text, _ in runs))
    if match is None:
        return runs
    mark(block, "level1", match[0])
    surplus, trimmed = match.end(), []
    for text, marks in runs:
        trimmed.append((text[surplus:], marks))
        surplus = max(0, surplus - len(text))
    return [(text, marks) for text, marks in trimmed if text]


def nest(blocks: list) -> list:
    """Return `blocks` with sequences of marked paragraphs as nested lists."""
    nested, open_lists = [], []  # the open lists from the outermost to the innermost, each with its level
    for block in blocks:
        if block.get(LEVEL) is None:
            open_lists = []
            nested.append(block)
            continue
        level, tag = int(block.get(LEVEL)), block.get(LIST)
        while open_lists and open_lists[-1][0] > level:
            open_lists.pop()
        if open_lists and open_lists[-1][0] == level and open_lists[-1][1].tag != tag:
            open_lists.pop()
        if not open_lists or open_lists[-1][0] < level:
            inner = new_element(tag, start=block.get(START)) if tag == "ol" else new_element(tag)
            (open_lists[-1][1][-1] if open_lists else nested).append(inner)
            open_lists.append((level, inner))
        block.attrib.pop(LEVEL)
        open_lists[-1][1].append(new_element("li", block))
    return nested

"""Build the blocks of an imported text, without its formatting."""

import re
from dataclasses import dataclass, replace
from itertools import groupby

from lxml.html import Element, HtmlElement

BREAK = "\n"
EDGE = " \t\r\n\f\u00a0"
_SPACES = re.compile(rf"[{EDGE}]*[ \t\r\n\f]+[{EDGE}]*|\u00a0{{2,}}")


@dataclass(frozen=True)
class Marks:
    """The inline formatting of a run of text. `note` is the number of the note that it belongs to; 0: none."""

    note: int = 0
    href: str = ""
    bold: bool = False
    italic: bool = False
    code: bool = False

    def elements(self) -> list[tuple[str, dict]]:
        """Return the tags and attributes of the elements around the text, outermost first."""
        marks = [("small", {"id": str(self.note)}, self.note), ("a", {"href": self.href}, self.href)]
        marks += [("strong", {}, self.bold), ("em", {}, self.italic), ("code", {}, self.code)]
        return [(tag, attributes) for tag, attributes, is_said in marks if is_said]


def new_element(tag: str, *children: HtmlElement, **attributes: str | int) -> HtmlElement:
    """Return a new element. The values of its attributes are strings or numbers."""
    element = Element(tag, {name: str(value) for name, value in attributes.items()})
    element.extend(children)
    return element


def level_of(block: HtmlElement) -> int:
    """Return the level of a heading; 0 for any other element."""
    return int(match[1]) if (match := re.fullmatch("h([1-6])", str(block.tag))) else 0


def write(block: HtmlElement, runs: list[tuple[str, Marks]]) -> None:
    """Write runs into a block, each mark around as many of them as possible; in headings, bold is dropped."""
    is_title = bool(level_of(block)) or block.tag == "title"
    for text, marks in _tidy(runs):
        inner = block
        for tag, attributes in (replace(marks, bold=False) if is_title else marks).elements():
            last = next(inner.iterchildren(reversed=True), None)  # `len` would count all children
            if last is None or last.tail or (last.tag, dict(last.attrib)) != (tag, attributes):
                last = new_element(tag, **attributes)
                inner.append(last)
            inner = last
        if text == BREAK:
            inner.append(new_element("br"))
        elif (last := next(inner.iterchildren(reversed=True), None)) is not None:
            last.tail = f"{last.tail or ''}{text}"
        else:
            inner.text = f"{inner.text or ''}{text}"


def _tidy(runs: list) -> list:
    """Trim spaces and breaks at both ends of the block and of each note; `clean` collapses double spaces."""
    runs = _trimmed([(text if text == BREAK else _SPACES.sub(" ", text), marks) for text, marks in runs])
    parts = groupby(runs, key=lambda run: run[1].note)
    return [run for note, part in parts for run in (_trimmed(list(part)) if note else part)]


def _trimmed(runs: list) -> list:
    full = [place for place, (text, _) in enumerate(runs) if text.strip(EDGE)]
    trimmed = runs[full[0] : full[-1] + 1] if full else []
    if trimmed:
        trimmed[0] = (trimmed[0][0].lstrip(EDGE), trimmed[0][1])
        trimmed[-1] = (trimmed[-1][0].rstrip(EDGE), trimmed[-1][1])
    return trimmed

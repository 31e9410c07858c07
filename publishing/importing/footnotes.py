"""Footnotes of Markdown, rendered as pairs of links that lead to each other; `notes` converts these."""

import re
from collections import Counter
from html import escape
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, paragraph
from markdown_it.rules_inline import StateInline

from publishing.importing.notes import MOST_COPIES

_MARK = re.compile(r"\[\^([^\]\s]{1,100})\]")
_DEFINITION = re.compile(rf"{_MARK.pattern}:[ \t]*")


def add_footnotes(reader: MarkdownIt) -> None:
    reader.block.ruler.before("reference", "footnote", _definition, {"alt": ["paragraph"]})
    reader.inline.ruler.before("link", "footnote", _mark)


def render_with_footnotes(reader: MarkdownIt, text: str) -> tuple[str, int]:
    """Return HTML, and the number of footnotes that are only kept as text: without mark or words, or within another."""
    footnotes, marks, inner = {}, Counter(), Counter()
    env = {"footnotes": footnotes, "marks": marks}
    html = [reader.render(text, env)]
    for label, said in footnotes.items():
        numbers = range(min(marks[label], MOST_COPIES))
        back = "".join(f' <a href="#mark-{number}-{quote(label, safe="")}">↩</a>' for number in numbers)
        said = said if back else f"[^{label.partition(' ')[0]}]: {said}"
        said = reader.renderInline(said, {**env, "footnotes": {}, "marks": inner if back else Counter()})
        html.append(f'<p id="footnote-{quote(label, safe="")}">{said}{back}</p>')
    return "".join(html), len(marks.keys() ^ footnotes.keys()) + len(inner)


def _definition(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """A block rule: a definition is a paragraph, with the indented ones below it."""
    found = _DEFINITION.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])
    if silent or not found:
        return bool(found)
    said = []
    following = line
    while following == line or (following < last and state.sCount[following] - state.blkIndent >= 4):
        paragraph(state, following, last, False)
        said.append(state.tokens[-2].content)
        del state.tokens[-3:]
        following = state.skipEmptyLines(state.line)
    # A mark has no spaces, so a second definition is kept as text.
    label = f"{found[1]} {line}" if found[1] in state.env["footnotes"] else found[1]
    state.env["footnotes"][label] = "\n".join(said).removeprefix(found[0])
    return True


def _mark(state: StateInline, silent: bool) -> bool:
    found = _MARK.match(state.src, state.pos)
    if not found:
        return False
    label, marks = found[1], state.env["marks"]
    if label in state.env["footnotes"] and not silent:
        name = quote(label, safe="")
        link = f'<a id="mark-{marks[label]}-{name}" href="#footnote-{name}">[{escape(label)}]</a>'
        state.push("html_inline", "", 0).content = link
    if not silent:
        marks[label] += 1
    if label not in state.env["footnotes"]:
        return False
    state.pos = found.end()
    return True

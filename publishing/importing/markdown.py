"""Convert Markdown to HTML, and detect Markdown in plain text."""

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from django.core.exceptions import ValidationError
from lxml.html import defs
from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from markdown_it.rules_block import StateBlock, blockquote, list_block, paragraph
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from publishing.importing.notes import MOST_COPIES
from publishing.importing.report import Report

MOST_SIGNS, MOST_LINES = 300_000, 15_000  # the reader takes a second for as many lines of a list
MOST_MARKS = 40_000  # for as many of them, too; long handbooks have 7,000
# Lines with a key, or below one; paragraphs between two rules are text.
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n((?:(?:[^\s:#-][^:\n]{0,100}:[^\n]*|[ \t#-][^\n]*)?\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
# The value may go on below its key, where ">" or "|" stand for it.
_KEY = re.compile(r"^([\w.-]{1,60})[ \t]*:(?!\S)[ \t]*(?:[>|][+-]?\d?$)?(.*(?:\n(?:[ \t].*)?)*)", re.MULTILINE)
# Code of MDX, which stands before the text.
_CODE = re.compile(r"""(?:[ \t]*\n)*(?:import\b[^\n]{0,500}["'];?|export\b[^\n]{0,500}[;)}\]])[ \t]*(?:\n|\Z)""")
# Patterns that plain prose rarely matches by chance.
_SIGNS = [
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"^ {0,3}(?:[-*+]|\d{1,3}[.)]) \S.*\n+ {0,8}(?:[-*+]|\d{1,3}[.)]) \S", re.MULTILINE),
    re.compile(r"^\|?[^\n|]+\|[^\n]*\n\|?[ :]*-{2,}[ :]*(?:\|[ :]*-{2,}[ :]*)*(?:\|[ ]*)?$", re.MULTILINE),
    re.compile(r"^(?:```|~~~|> ?\[!\w+\]|\[\^[^\]\s]+\]:)", re.MULTILINE),
    re.compile(r"\[[^\[\]\n]+\]\((?:https?://|/|mailto:)[^)\s]{1,500}\)"),
    re.compile(r"(?<![\w*])\*\*[^*\n]+\*\*(?![\w*])"),
]
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,100})\]")
_DEFINITION = re.compile(rf"{_FOOTNOTE.pattern}:[ \t]*")
_COMMENT = re.compile(r"^( {0,3})<!--", re.MULTILINE)
_TAGS = "|".join(defs.tags.union(block_names, ("bdi", "data", "picture", "slot", "template")))
_NO_TAG = re.compile(rf"<(?!/?(?:{_TAGS})[\s/>]|!--|!doctype)", re.IGNORECASE)  # such as List<String>
_MARK = re.compile(r"[*_\[\]`<]")
_DEEPEST = 18  # at level 20, the reader drops lists and quotes
_DEEPEST_BRACKETS = 5
_INTERRUPTED = ["paragraph", "reference", "blockquote"]  # as the reader has it
_reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def looks_like_markdown(text: str) -> bool:
    text = text.replace("\r\n", "\n")
    return not _is_too_long(text) and any(sign.search(text) for sign in _SIGNS)


def _is_too_long(text: str) -> bool:
    return len(text) > MOST_SIGNS or text.count("\n") > MOST_LINES or len(_MARK.findall(text)) > MOST_MARKS


def html_of(text: str, report: Report) -> tuple[str, str]:
    """Return the HTML of a text in CommonMark with tables and footnotes, and the title of its front matter or ""."""
    if _is_too_long(text):
        raise ValidationError("This text is too long to import at once. Split it and import the parts.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    title = ""
    if (front := _FRONT_MATTER.match(text)) and _KEY.search(front[1]):
        text = text[front.end() :]
        keys = dict(_KEY.findall(front[1]))
        title = next((value for key, value in keys.items() if key.lower() == "title"), "")
        title = " ".join(title.split()).strip("\"'")
        report.unused_keys = [key for key in keys if key.lower() != "title"]
    begin = 0
    while code := _CODE.match(text, begin):
        begin = code.end()
        report.say("code")
    text = text[begin:]
    # Otherwise a comment without an end would hide the rest of the text.
    end = text.rfind("-->") + 1
    text = text[:end] + _COMMENT.sub(r"\1\\<!--", text[end:])
    return _with_footnotes(text, report), title


def _with_footnotes(text: str, report: Report) -> str:
    """Return HTML with footnotes as pairs of links; those without mark or words, or within another, stay as text."""
    env = {"footnotes": {}, "marks": Counter(), "lost": set()}
    html = [_reader.render(text, env)]
    for label, parts in env["footnotes"].items():
        name, note = quote(label, safe=""), "\n".join(parts)
        numbers = range(min(env["marks"][label], MOST_COPIES))
        note_html = _reader.renderInline(note if numbers else f"[^{label}]: {note}", env | {"footnotes": {}})
        back = "".join(f' <a href="#mark-{number}-{name}">↩</a>' for number in numbers)
        html.append(f'<p id="footnote-{name}">{note_html}{back}</p>')
    report.counts["footnote"] = len(env["lost"])
    report.counts["remark"] = sum(part.count("<!--") for part in html)
    return "".join(html)


def _definition(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """A block rule: a footnote's words are a paragraph, with the indented ones below it."""
    match = _DEFINITION.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])
    if silent or not match:
        return bool(match)
    parts = state.env["footnotes"].setdefault(match[1], [])
    following = line
    while following == line or (following < last and state.sCount[following] - state.blkIndent >= 4):
        paragraph(state, following, last, False)
        parts.append(state.tokens[-2].content.removeprefix(match[0]))
        del state.tokens[-3:]
        following = state.skipEmptyLines(state.line)
    return True


def _above_deepest(rule):
    """Return a block rule like `rule`; at the deepest level, lists and quotes are text."""
    return lambda state, *lines: state.level < _DEEPEST and rule(state, *lines)


def _html(renderer, tokens: Sequence[Token], place: int, *_) -> str:
    """A render rule: words between angle brackets that are no tag of HTML are text."""
    return _NO_TAG.sub("&lt;", tokens[place].content)


def _mark(state: StateInline, silent: bool) -> bool:
    """An inline rule: the mark of a footnote is a link. No link begins inside of so many brackets."""
    if state.level > _DEEPEST_BRACKETS:
        state.pos = state.posMax
        return True
    match = _FOOTNOTE.match(state.src, state.pos)
    if not match or match[1] not in state.env["footnotes"]:
        state.env["lost"].update(match.groups() if match else ())
        return False
    if not silent:
        marks, label, name = state.env["marks"], match[1], quote(match[1], safe="")
        link = f'<a id="mark-{marks[label]}-{name}" href="#footnote-{name}">[{name}]</a>'
        state.push("html_inline", "", 0).content = link
        marks[label] += 1
    state.pos = match.end()
    return True


_reader.block.ruler.before("reference", "footnote", _definition, {"alt": ["paragraph"]})
_reader.inline.ruler.before("link", "footnote", _mark)
_reader.block.ruler.at("blockquote", _above_deepest(blockquote), {"alt": [*_INTERRUPTED, "list"]})
_reader.block.ruler.at("list", _above_deepest(list_block), {"alt": _INTERRUPTED})
_reader.add_render_rule("html_inline", _html)
_reader.add_render_rule("html_block", _html)

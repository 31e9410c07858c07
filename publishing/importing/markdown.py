"""Convert Markdown to HTML, and detect Markdown in plain text."""

import re

from django.core.exceptions import ValidationError
from markdown_it import MarkdownIt

from publishing.importing.footnotes import add_footnotes, render_with_footnotes
from publishing.importing.report import Report

MOST_SIGNS = 1_000_000
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE | re.IGNORECASE)
_KEY = re.compile(r"^([\w.-]{1,60})[ \t]*:(?:\s|\Z)", re.MULTILINE)
# Patterns that plain prose rarely matches by chance.
_SIGNS = [
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"^ {0,3}(?:[-*+]|\d{1,3}[.)]) \S.*\n+ {0,8}(?:[-*+]|\d{1,3}[.)]) \S", re.MULTILINE),
    re.compile(r"^\|?[^\n|]+\|[^\n]*\n\|?[ :]*-{2,}[ :]*(?:\|[ :]*-{2,}[ :]*)*(?:\|[ ]*)?$", re.MULTILINE),
    re.compile(r"^(?:```|~~~|> ?\[!\w+\]|\[\^[^\]\s]+\]:)", re.MULTILINE),
    re.compile(r"\[[^\[\]\n]+\]\((?:https?://|/|mailto:)[^)\s]{1,500}\)"),
    re.compile(r"(?<![\w*])\*\*[^*\n]+\*\*(?![\w*])"),
]
_COMMENT = re.compile(r"^( {0,3})<!--", re.MULTILINE)
_reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
add_footnotes(_reader)


def looks_like_markdown(text: str) -> bool:
    text = text.replace("\r\n", "\n")
    return len(text) <= MOST_SIGNS and any(sign.search(text) for sign in _SIGNS)


def html_of(text: str, report: Report) -> tuple[str, str]:
    """Return the HTML of a text in CommonMark with tables and footnotes, and the title of its front matter or ""."""
    if len(text) > MOST_SIGNS:
        raise ValidationError("This text is too long to import at once. Split it and import the parts.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    title = ""
    if front := _FRONT_MATTER.match(text):
        text = text[front.end() :]
        found = _TITLE.search(front[1])
        title = found[1].strip().strip("\"'") if found else ""
        report.unused_keys = [key for key in dict.fromkeys(_KEY.findall(front[1])) if key.lower() != "title"]
    # Otherwise a comment without an end would hide the rest of the text.
    end = text.rfind("-->") + 1
    text = text[:end] + _COMMENT.sub(r"\1\\<!--", text[end:])
    html, report.counts["footnote"] = render_with_footnotes(_reader, text)
    return html, title

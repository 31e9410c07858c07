"""Brings sanitised HTML into the spelling that the editor writes, so that opening and saving a text changes nothing.

It reads only what the sanitiser wrote (tags in lower case, every "<" and ">" that is not a tag escaped), and the
sanitiser reads the result again: nothing here is needed for safety.
"""

import re
from html import unescape

from publishing.richtext.anchors import anchors_for
from publishing.richtext.schema import HEADINGS, INLINE, WITHOUT_NOTES

_TAG = re.compile(r"(<[^<>]+>)")
_NAME = re.compile(r"</?(\w+)")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_EMPTY = re.compile(r"<(strong|em|a|small|caption|figcaption)\b[^<>]*></\1>")
_EMPTY_PARAGRAPH = "<p></p>"
_SEVERAL_ATTRIBUTES = re.compile(r'<(\w+)((?: [\w-]+="[^"]*"){2,})>')
_ATTRIBUTE = re.compile(r' [\w-]+="[^"]*"')


def tidy(html: str) -> str:
    """Return `html` in the editor's spelling.

    Without layout whitespace, husks, stray notes and empty ends; attributes in order; every heading with its anchor.
    """
    html = _EMPTY.sub("", html).replace("</tbody><tbody>", "")
    html = _SEVERAL_ATTRIBUTES.sub(_in_order, html)
    tokens = _without_layout(_without_stray_notes(_without_husks(_TAG.split(html))))
    return _without_empty_end("".join(_with_anchors(tokens)))


def _without_empty_end(html: str) -> str:
    """Not by a pattern: that would begin anew at each of the empty paragraphs before a last full one."""
    end = len(html)
    while html.endswith(_EMPTY_PARAGRAPH, 0, end):
        end -= len(_EMPTY_PARAGRAPH)
    return html[:end]


def _in_order(tag: re.Match) -> str:
    """Write the attributes as the editor does, `src` before `alt` and `scope` before the spans."""
    return f"<{tag[1]}{''.join(sorted(_ATTRIBUTE.findall(tag[2]), reverse=True))}>"


def _name(tag: str) -> str:
    match = _NAME.match(tag)
    return match[1] if match else ""


def _without_husks(tokens: list[str]) -> list[str]:
    """Drop links and pictures that lost their address, and pictures that stand outside a figure."""
    kept: list[str] = []
    figures: list[int] = []
    pictured: set[int] = set()
    is_in_bare_link = False
    for token in tokens:
        if token == "<a>":
            is_in_bare_link = True
        elif token == "</a>" and is_in_bare_link:
            is_in_bare_link = False
        elif token.startswith("<img") and not (figures and 'src="' in token):
            continue
        else:
            if token == "<figure>":
                figures.append(len(kept))
            elif token.startswith("<img"):
                pictured.add(figures[-1])
            elif token == "</figure>" and figures and (start := figures.pop()) not in pictured:
                # Its caption stays, as a paragraph.
                kept[start:] = [part.replace("figcaption>", "p>") for part in kept[start + 1 :]]
                continue
            kept.append(token)
    return kept


def _without_layout(tokens: list[str]) -> list[str]:
    """Collapse whitespace as a browser shows it: to one space, to none at the edges of a block; code is left alone."""
    kept: list[str] = []
    last_text = -1
    is_after_space = True
    is_code_block = False
    for token in tokens:
        if token.startswith("<"):
            name = _name(token)
            if name not in INLINE:
                if last_text >= 0:
                    kept[last_text] = kept[last_text].rstrip(" ")
                last_text = -1
                is_code_block = name == "pre" and not token.startswith("</")
            is_after_space = is_after_space if name in INLINE - {"br"} else True
        elif token and not is_code_block:
            token = _SPACE.sub(" ", token)
            if is_after_space:
                token = token.removeprefix(" ")
            if token:
                is_after_space = token.endswith(" ")
                last_text = len(kept)
        kept.append(token)
    return kept


def _without_stray_notes(tokens: list[str]) -> list[str]:
    """Leave of a note inside a heading, code, a link or another note the words, since it could not stand there."""
    kept, around, is_stray = [], [], []
    for token in tokens:
        name = _name(token)
        if name == "small" and not token.startswith("</"):
            is_stray.append(bool(around))
        if name == "small" and is_stray and (is_stray.pop() if token.startswith("</") else is_stray[-1]):
            continue
        if name in WITHOUT_NOTES:
            around = around[:-1] if token.startswith("</") else [*around, name]
        kept.append(token)
    return kept


def _with_anchors(tokens: list[str]) -> list[str]:
    """Write each heading with the anchor that is its own from now on."""
    starts, open_ones, words = [], [], {}
    for place, token in enumerate(tokens):
        if _name(token) not in HEADINGS:
            for start in open_ones:
                words[start] += "" if token.startswith("<") else token
        elif token.startswith("</"):
            open_ones = open_ones[:-1]
        else:
            starts.append(place)
            open_ones.append(place)
            words[place] = ""
    found = [(_own_anchor(tokens[start]), " ".join(unescape(words[start]).split())) for start in starts]
    kept = [*tokens]
    for start, anchor in zip(starts, anchors_for(found), strict=True):
        kept[start] = f'<{_name(tokens[start])} id="{anchor}">' if anchor else f"<{_name(tokens[start])}>"
    return kept


def _own_anchor(tag: str) -> str:
    return tag.split('"')[1] if '"' in tag else ""

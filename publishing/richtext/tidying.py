"""Brings sanitised HTML into the spelling that the editor writes, so that opening and saving a text changes nothing.

It reads only what the sanitiser wrote (tags in lower case, every "<" and ">" that is not a tag escaped), and the
sanitiser reads the result again: nothing here is needed for safety.
"""

import re

_TAG = re.compile(r"(<[^<>]+>)")
_NAME = re.compile(r"</?(\w+)")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_EMPTY = re.compile(r"<(strong|em|a|caption|figcaption)\b[^<>]*></\1>")
_EMPTY_END = re.compile(r"(?:<p></p>)+$")
_SEVERAL_ATTRIBUTES = re.compile(r'<(\w+)((?: [\w-]+="[^"]*"){2,})>')
_ATTRIBUTE = re.compile(r' [\w-]+="[^"]*"')
_INLINE = {"a", "strong", "em", "code", "br"}


def tidy(html: str) -> str:
    """Return `html` in the editor's spelling: without layout whitespace, husks and empty ends, attributes in order."""
    html = _EMPTY.sub("", html).replace("</tbody><tbody>", "")
    html = _SEVERAL_ATTRIBUTES.sub(_in_order, html)
    return _EMPTY_END.sub("", "".join(_without_layout(_without_husks(_TAG.split(html)))))


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
            if name not in _INLINE:
                if last_text >= 0:
                    kept[last_text] = kept[last_text].rstrip(" ")
                last_text = -1
                is_code_block = name == "pre" and not token.startswith("</")
            is_after_space = is_after_space if name in _INLINE - {"br"} else True
        elif token and not is_code_block:
            token = _SPACE.sub(" ", token)
            if is_after_space:
                token = token.removeprefix(" ")
            if token:
                is_after_space = token.endswith(" ")
                last_text = len(kept)
        kept.append(token)
    return kept

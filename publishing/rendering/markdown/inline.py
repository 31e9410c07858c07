"""Inline Markdown: words, links, code, bold and italics."""

import re
import unicodedata

from lxml.html import HtmlElement

from publishing.richtext.schema import BLOCKS as WRITTEN_BLOCKS
from publishing.richtext.schema import MARKDOWN

BLOCKS = WRITTEN_BLOCKS | {"div", "section"}
BREAK = "\\\n"
SPACE = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")  # all but a single blank
# Characters with a meaning in Markdown at any position; an underscore within a word has none.
SPECIAL = re.compile(r"[\\`*\[\]<>~|]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!\Z")
# Characters in URLs that Markdown would misread.
UNUSUAL = re.compile(r"[\s<>\\|&()]")
# Characters with a meaning at the start of a line.
LINE_START = re.compile(r"(?:([-+=#])|(\d{1,9})([.)]))")
# Noncharacters, which no text contains, delimit bold and italics, and code, until the line is complete.
SIGNS = {"strong": ("\ufdd4", "\ufdd5"), "em": ("\ufdd6", "\ufdd7")}
TAGS = {opening: tag for tag, (opening, _) in SIGNS.items()}
SIGN = re.compile("[\ufdd4\ufdd6]")
SET_APART = re.compile("([\ufdd4\ufdd6])([^\ufdd4-\ufdd7]*)[\ufdd5\ufdd7]")
SEAM = re.compile("\ufdd5\ufdd4|\ufdd7\ufdd6")
CODE = "\ufdd8"


def pieces_of(element: HtmlElement, is_cell: bool = False) -> list[str]:
    """Return the content of an element as strings, for `joined`."""
    pieces = [text(element.text)]
    for child in element:
        pieces += piece(child, is_cell)
        pieces.append(text(child.tail))
    return pieces


def piece(element: HtmlElement, is_cell: bool = False) -> list[str]:
    match element.tag:
        case _ if element.get("aria-hidden"):  # drawn for the eye only
            return []
        case "br":
            return [" " if is_cell else BREAK]
        case "code":
            return [_code(element.text_content(), is_cell)]
        case "img":
            return [f"![{text(element.get('alt'))}]({destination(element.get('src') or '')})"]
        case "a":
            return _link(element, is_cell)
        case str(tag) if tag in SIGNS and next(element.iterancestors(tag), None) is None:
            opening, closing = SIGNS[tag]
            return [opening, *pieces_of(element, is_cell), closing]
        case tag if tag in BLOCKS and is_cell:
            return [" ", *pieces_of(element, is_cell), " "]
        case _:
            return pieces_of(element, is_cell)


def _link(element, is_cell) -> list:
    """Render a link. Spaces at the ends of its words are moved outside."""
    label = joined(pieces_of(element, is_cell)).replace(BREAK, " ")
    address = element.get("href") or ""
    all_words = element.text_content()
    before = " " if all_words[:1].isspace() else ""
    after = " " if all_words[-1:].isspace() else ""
    return [before, f"[{label}]({destination(address)})" if label and address else label, after]


def text(content: str | None) -> str:
    if not content:
        return ""
    return SPECIAL.sub(r"\\\g<0>", SPACE.sub(" ", content))


def line(content: str) -> str:
    """Return words as a line of their own, with an escape if they would start another kind of block."""
    content = content.strip(" ")
    start = LINE_START.match(content)
    if start is None:
        return content
    return f"\\{content}" if start[1] else f"{start[2]}\\{content[len(start[2]) :]}"


def destination(address: str) -> str:
    """Return a URL as a link destination."""
    if address and not UNUSUAL.search(address):
        return address
    address = re.sub(r"[\s<>\\|]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), address)
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    return f"<{address}>" if not address or set(address) & set("()") else address


def joined(pieces: list[str]) -> str:
    text = "".join(pieces)
    if SIGN.search(text):
        text = SEAM.sub("", SEAM.sub("", text))
        for _ in SIGNS:  # one may be nested in the other
            text = SET_APART.sub(_set_apart, text)
    # A separator, as two adjacent code spans would be read as one.
    return (text.replace(CODE * 2, "<!-- -->").replace(CODE, "") if CODE in text else text).strip(" ")


def _set_apart(match: re.Match) -> str:
    """Mark words as bold or italic without spaces at the ends, by an HTML tag where CommonMark ignores delimiters."""
    tag, stripped, text = TAGS[match[1]], match[2].strip(" \u00a0"), match.string
    if not stripped:
        return match[2]
    before, after = match[2].split(stripped, 1)
    outer = (
        before[-1:] or text[max(0, match.start() - 1) : match.start()],
        after[:1] or text[match.end() : match.end() + 1],
    )
    if any(map(_is_in_the_way, outer, (stripped[0], stripped[-1]), [tag, tag])):
        return f"{before}<{tag}>{stripped}</{tag}>{after}"
    return f"{before}{MARKDOWN[tag]}{stripped}{MARKDOWN[tag]}{after}"


def _is_in_the_way(outer: str, inner: str, tag: str) -> bool:
    """Return whether the adjacent characters prevent a delimiter from working."""
    if inner.isspace():
        return True
    if not outer or outer.isspace() or _is_punctuation(outer):
        return False
    return tag == "em" or _is_punctuation(inner) or unicodedata.category(inner).startswith("S")


def _is_punctuation(letter: str) -> bool:
    """Return whether CommonMark treats a character as punctuation; the noncharacters above count too."""
    is_ascii_sign = letter.isascii() and not letter.isalnum() and not letter.isspace()
    return is_ascii_sign or "\ufdd0" <= letter <= "\ufdef" or unicodedata.category(letter).startswith("P")


def _code(code: str, is_cell: bool) -> str:
    code = SPACE.sub(" ", code)
    if not code.strip():
        return " " if code else ""
    runs = {len(run) for run in re.findall(r"`+", code)}
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if code[0] in "` " or code[-1] in "` " else ""
    # Within a table a bar ends the cell, even in code.
    return f"{CODE}{fence}{pad}{code.replace('|', chr(92) + '|') if is_cell else code}{pad}{fence}{CODE}"

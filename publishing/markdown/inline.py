"""The inside of a line of Markdown: words, links, code, and what is set apart."""

import re
import unicodedata
from dataclasses import dataclass

from publishing.rendering.holes import PAGE, Holes, is_local
from publishing.rendering.parts import SIGNS, hole
from publishing.richtext.schema import BLOCKS, INLINE, MARKDOWN

BREAK = "\\\n"
CODE = re.compile(r"\A`+ ?| ?`+\Z")
SPACE = re.compile(r"[ \t\r\n\f]+")
# What begins something in Markdown wherever it stands; an underscore within a word does not.
SPECIAL = re.compile(r"[\\`*\[\]<>~|]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!\Z")
# What makes a line more than words where it stands first.
LINE_START = re.compile(r"(?:([-+=#])|(\d{1,9})([.)]))")


@dataclass(frozen=True)
class Delimiter:
    """The beginning or the end of words that are set apart."""

    mark: str
    is_open: bool


def pieces_of(element, holes: Holes, is_cell: bool = False) -> list:
    """Return what an element holds as strings of Markdown and Delimiters, for `joined`."""
    pieces = [text(element.text)]
    for child in element:
        pieces += _pieces(child, holes, is_cell)
        pieces.append(text(child.tail))
    return pieces


def piece(element, holes: Holes) -> list:
    return _pieces(element, holes, False)


def _pieces(element, holes, is_cell) -> list:
    match element.tag:
        case "br":
            return [" " if is_cell else BREAK]
        case "code":
            return [_code(element.text_content(), is_cell)]
        case "small":
            return [holes.of(element)]
        case "img":
            shown = holes.of(element)
            return [f"![{text(element.get('alt'))}]({shown})" if is_local(element) else shown]
        case "a":
            return _link(element, holes, is_cell)
        case tag if tag in INLINE and tag in MARKDOWN and element.text_content().strip():
            mark = MARKDOWN[tag]
            return [Delimiter(mark, True), *pieces_of(element, holes, is_cell), Delimiter(mark, False)]
        case tag if tag in BLOCKS and is_cell:
            return [" ", *pieces_of(element, holes, is_cell), " "]
        case _:
            return pieces_of(element, holes, is_cell)


def _link(element, holes, is_cell) -> list:
    """Blanks at the ends of its words go outside of it."""
    words = joined(pieces_of(element, holes, is_cell)).replace(BREAK, " ")
    address = element.get("href") or ""
    all_words = element.text_content()
    before = " " if all_words[:1].isspace() else ""
    after = " " if all_words[-1:].isspace() else ""
    if address.startswith(("ref:", "fact:")):
        return [before, holes.of(element, insides=(words,)) or words, after]
    shown = holes.of(element) or destination(f"{hole(PAGE)}{address}" if address.startswith("#") else address)
    return [before, f"[{words}]({shown})" if words and address else words, after, holes.of(element, "mark")]


def text(words: str | None) -> str:
    return SPECIAL.sub(r"\\\g<0>", SPACE.sub(" ", words or ""))


def line(words: str) -> str:
    """Return words as a line of their own, which their first letters must not turn into something else."""
    words = words.strip(" ")
    start = LINE_START.match(words)
    if start is None:
        return words
    return f"\\{words}" if start[1] else f"{start[2]}\\{words[len(start[2]) :]}"


def destination(address: str) -> str:
    """Return an address as it stands in a link."""
    address = re.sub(r"[\s<>\\|]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), address)
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    return f"<{address}>" if not address or set(address) & set("()") else address


def joined(pieces: list) -> str:
    """Return the pieces as one text.

    CommonMark takes a delimiter for one only between the right neighbours. So blanks go outside of it, and a letter
    that would be in its way is written as a character reference.
    """
    output, closed, hides_next = [], "", False
    pieces = _with_blanks_outside(_distinct([item for item in pieces if item]))
    for position, item in enumerate(pieces):
        if isinstance(item, str):
            output.append(f"&#{ord(item[0])};{item[1:]}" if hides_next else item)
            closed, hides_next = "", False
            continue
        after = _first_letter(pieces[position + 1]) if position + 1 < len(pieces) else " "
        before = output[-1][-1] if output else " "
        if not item.is_open:
            hides_next = _is_in_the_way(after, item.mark, before)
            output.append(item.mark)
            closed = item.mark
        elif closed == item.mark:
            output.pop()  # directly behind the same: one piece with it
            closed = output[-1] if output and output[-1] in {"**", "_"} else ""
            hides_next = bool(closed) and after.isalnum()
        else:
            if _is_in_the_way(before, item.mark, after):
                output[-1] = f"{output[-1][:-1]}&#{ord(before)};"
            output.append(item.mark)
            closed = ""
    return "".join(output).strip(" ")


def _distinct(pieces: list) -> list:
    """Return the pieces without what says nothing more: setting apart what is, code directly behind code."""
    kept, depth, is_behind_code = [], {"**": 0, "_": 0}, False
    for item in pieces:
        if isinstance(item, Delimiter):
            depth[item.mark] += 1 if item.is_open else -1
            if depth[item.mark] == (1 if item.is_open else 0):
                kept.append(item)
        else:
            is_code = item[0] == "`"
            kept.append(text(CODE.sub("", item)) if is_code and is_behind_code else item)
            is_behind_code = is_code and not is_behind_code
    return kept


def _with_blanks_outside(pieces: list) -> list:
    """Return the pieces with no blank on the inner side of a delimiter, and no delimiters around nothing."""
    kept, waiting = [], pieces[::-1]
    while waiting:
        other = waiting.pop()
        one = kept[-1] if kept else None
        swapped = None
        if isinstance(one, Delimiter) and one.is_open and isinstance(other, str) and other[0].isspace():
            rest = other.lstrip()
            swapped = [other[: len(other) - len(rest)], one, *([rest] if rest else [])]
        elif isinstance(other, Delimiter) and not other.is_open and isinstance(one, str) and one[-1].isspace():
            rest = one.rstrip()
            if not rest.endswith("\\") or one[len(rest)] != "\n":
                swapped = [*([rest] if rest else []), other, one[len(rest) :]]
        elif isinstance(one, Delimiter) and one.is_open and other == Delimiter(one.mark, False):
            swapped = []
        if swapped is None:
            kept.append(other)
        else:
            kept.pop()
            waiting += swapped[::-1]
    return kept


def _first_letter(piece) -> str:
    return piece[0] if isinstance(piece, str) else piece.mark[0]


def _is_in_the_way(outer: str, mark: str, inner: str) -> bool:
    """Whether the letter outside of a delimiter keeps it from working, with `inner` on its other side."""
    if outer.isspace() or _is_punctuation(outer):
        return False
    return mark == "_" or _is_punctuation(inner) or unicodedata.category(inner).startswith("S")


def _is_punctuation(letter: str) -> bool:
    """Whether CommonMark takes a letter for one; a hole begins and ends with brackets, where it is filled."""
    is_ascii_sign = letter.isascii() and not letter.isalnum() and not letter.isspace()
    return is_ascii_sign or letter in SIGNS or unicodedata.category(letter).startswith("P")


def _code(words: str, is_cell: bool) -> str:
    words = SPACE.sub(" ", words)
    if not words.strip():
        return " " if words else ""
    runs = {len(run) for run in re.findall(r"`+", words)}
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if words[0] in "` " or words[-1] in "` " else ""
    # Within a table even the bar in code would end the cell.
    return f"{fence}{pad}{words.replace('|', chr(92) + '|') if is_cell else words}{pad}{fence}"

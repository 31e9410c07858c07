"""Words and numbers of a text, and the form in which names are compared."""

import re
from typing import NamedTuple

TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*|(?<=[^\W_])\+(?![\w+])")  # “Command R+” is not “Command R”
# What may stand between two parts of one name. An opening bracket must be closed right after the name.
JOINTS = frozenset(["", " ", "\u00a0", "-", "\u2010", "\u2011", "\u2013", "·", "•", "_", " (", "(", "\u00a0("])
_TYPOGRAPHIC = str.maketrans({"\u00a0": " ", "\u2010": "-", "\u2011": "-", "(": "", ")": ""})


class Token(NamedTuple):
    start: int
    end: int
    text: str
    folded: str

    @property
    def is_number(self) -> bool:
        return self.text[0].isdecimal()


def tokens_of(text: str) -> list[Token]:
    return [Token(m.start(), m.end(), m[0], m[0].casefold()) for m in TOKEN.finditer(text)]


def joined(parts: list[str]) -> str:
    """The form in which names are the same: "DALL·E 3", "DALL-E 3" and "dalle3" are; "4 1" is not "41"."""
    key = ""
    for part in parts:
        key += f" {part}" if key and key[-1].isdecimal() and part[0].isdecimal() else part
    return key


def key_of(text: str) -> str:
    return joined([match[0].casefold() for match in TOKEN.finditer(text)])


def as_written(text: str) -> str:
    """A spelling without what typography alone changes: kinds of space and hyphen, and brackets."""
    return " ".join(text.translate(_TYPOGRAPHIC).split())


# Words that are an address, a handle or a path, whatever names stand in them.
ADDRESS = re.compile(r"://|@|\bwww\.|^[#/~]|\w\.[a-z]{2,}(?:[/:)\]\"”,;]|$)|\w/[\w.-]+/", re.IGNORECASE)

BEFORE, AFTER = re.compile(r"[^\s(]*\Z"), re.compile(r"\S*")
LONGEST = 200  # signs of an address on each side of a name


def is_edge(text: str, place: int) -> bool:
    """Whether no word or number goes on at `place`."""
    return not (0 <= place < len(text) and (text[place].isalnum() or text[place] in "_@#$+"))


def is_cut(text: str, place: int) -> bool:
    """Whether an address goes on after a point, as in “openai.com”."""
    return text[place : place + 1] == "." and text[place + 1 : place + 2].isalnum()


def closed(text: str, start: int, end: int) -> int | None:
    """The end with the bracket that belongs to it; None where one is left open."""
    if "(" not in text[start:end]:
        return end
    return end + 1 if text[end : end + 1] == ")" else None


def is_in_address(text: str, start: int, end: int) -> bool:
    before = BEFORE.search(text, max(0, start - LONGEST), start)[0]
    return bool(ADDRESS.search(f"{before}{text[start:end]}{AFTER.match(text, end, end + LONGEST)[0]}"))

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

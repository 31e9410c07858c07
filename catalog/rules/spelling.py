"""Names that mean the same: "Claude 3.5 Haiku" and "claude-haiku-3-5"."""

import re
from collections.abc import Iterable

from anyascii import anyascii

WORD = re.compile(r"[a-z]{3,}(?=\d)|[a-z0-9]+|(?<=[a-z0-9])\+", re.IGNORECASE)
FREE = re.compile(r"(?<!\s)\s*\(free\)\Z", re.IGNORECASE)
POINT, OF_VERSION = re.compile(r"(?<=\d)p(?=\d)", re.IGNORECASE), re.compile(r"(?<![a-z])v(?=\d)", re.IGNORECASE)
LAST_LATIN = 0x24F  # other scripts end a name and begin one
HYPHENS, SPACES = dict.fromkeys([0xB7, *range(0x2010, 0x2013)], "-"), dict.fromkeys([0xA0, 0x2009, 0x202F], " ")

type Key = tuple[tuple[str, ...], ...]


class _Plain(dict):
    """What stands for each character that is not ASCII."""

    def __missing__(self, code: int) -> str:
        plain = anyascii(chr(code)) if code <= LAST_LATIN else ";"
        self[code] = plain if len(plain) == 1 or code < 0x80 else plain[:1] or " "
        return self[code]


_PLAIN = _Plain({**HYPHENS, **SPACES, 0x2028: "\n", 0x2029: "\n"})


def folded(text: str) -> str:
    """Return `text` in ASCII, with each character in its place: "Llama-v3p1" is "Llama--3.1", "GPT_4o" is "GPT-4o"."""
    plain = text.replace("_", "-") if text.isascii() else text.translate(_PLAIN).replace("_", "-")
    return OF_VERSION.sub("-", POINT.sub(".", plain))


def words_of(name: str) -> list[str]:
    """Return the words of a name: "Llama-v3p1 8B" gives llama, 3, 1, 8b, as does "llama3.1-8b"."""
    return [word if word != "+" else "plus" for word in WORD.findall(folded(FREE.sub("", name)).lower())]


def key_of(words: Iterable[str]) -> Key:
    """Return the numbers in order and the other words in any: "Claude 3.5 Haiku" is "claude-haiku-3-5"."""
    words = list(words)
    numbers = tuple(word for word in words if word[0].isdecimal())
    return numbers, tuple(sorted(word for word in words if not word[0].isdecimal()))

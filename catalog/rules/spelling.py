"""Names that mean the same: "Claude 3.5 Haiku" and "claude-haiku-3-5"."""

import re
from collections.abc import Iterable

from anyascii import anyascii

WORD = re.compile(r"[a-z]{3,}(?=\d)|[a-z0-9]+")
FREE = re.compile(r"(?<!\s)\s*\(free\)\Z", re.IGNORECASE)

type Key = tuple[tuple[str, ...], ...]


def words_of(name: str) -> list[str]:
    """Return the words of a name: "Llama-v3p1 8B" gives llama, 3, 1, 8b, as does "llama3.1-8b"."""
    plain = re.sub(r"(\d)p(?=\d)", r"\1.", anyascii(FREE.sub("", name)).lower().replace("+", " plus "))
    return WORD.findall(re.sub(r"(?<![a-z])v(?=\d)", "", plain.replace("_", "-")))


def key_of(words: Iterable[str]) -> Key:
    """Return the numbers in order and the other words in any: "Claude 3.5 Haiku" is "claude-haiku-3-5"."""
    words = list(words)
    numbers = tuple(word for word in words if word[0].isdecimal())
    return numbers, tuple(sorted(word for word in words if not word[0].isdecimal()))

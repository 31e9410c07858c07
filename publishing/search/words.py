"""Words in one spelling, the same for what is stored and what is asked: the index itself only compares them.

"GPT-3.5", "gpt 3.5" and "GPT3.5" are all the parts gpt, 3, 5 next to each other; what was written in one piece is also
known by its parts without anything between them, gpt35.
"""

import re
import unicodedata
from collections.abc import Iterator

MAX_WORD = 50  # characters; longer ones are cut, here and there alike
# Scripts that put no space between words: each sign is a part, and words are found as signs in a row.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
PART = re.compile(rf"[{UNSPACED}]|[^\W\d_{UNSPACED}]+|\d+")
# Parts written in one piece, with at most one mark between them.
PIECE = re.compile(r"[^\W_]+(?:[-‐‑–.·'’_/][^\W_]+)*")
COMBINING = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")

# Words that nearly every English text holds: what is asked is found by the others.
FUNCTION_WORDS = """
    a about an and are as at be been but by can could did do does for from had has have how i if in into is it its me my
    no not of on or our should so than that the their them then there these they this to was we were what when where
    which while who why will with would you your
"""
STOP_WORDS = frozenset(FUNCTION_WORDS.split())


def fold(text: str) -> str:
    """Return `text` without case, accents and compatibility forms."""
    if text.isascii():
        return text.lower()
    plain = COMBINING.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", plain)


def pieces(folded: str) -> Iterator[list[str]]:
    """Yield the parts of each piece of a folded text: "gpt-3.5 turbo" gives [gpt, 3, 5], [turbo]."""
    for match in PIECE.finditer(folded):
        if parts := [part[:MAX_WORD] for part in PART.findall(match[0])]:
            yield parts


def joined(parts: list[str]) -> str:
    """Return the parts of a piece without anything between them; "" where they were one part, or are too long."""
    together = "".join(parts) if len(parts) > 1 else ""
    return together if len(together) <= MAX_WORD else ""


def key(text: str) -> str:
    """Return a whole name in one word: "GPT-3.5 Turbo" is gpt35turbo."""
    return "".join(PART.findall(fold(text)))[:MAX_WORD]


def stem(word: str) -> str:
    """Return an English word without the s of a plural (Harman's S stemmer). Anything else stays as it is."""
    if len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else f"{word[:-3]}y"
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]

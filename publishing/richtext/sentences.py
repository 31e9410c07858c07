"""Sentences, and titles and descriptions of limited length."""

import re
from bisect import bisect_right

TITLE_LIMIT, DESCRIPTION_LIMIT = 60, 155  # characters, for search engines and previews
LONGEST = 240  # characters shown of a sentence
SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][”\"»)]))\s+(?=[^\Wa-z\d_]|[“\"„«(])")


def beginnings(text: str) -> list[int]:
    """Return the start of each sentence in a text."""
    return [0, *(match.end() for match in SENTENCE_END.finditer(text))]


def sentence_at(text: str, place: int, begun: list[int] | None = None) -> str:
    """Return the sentence around `place`, of a very long one only a part. `begun` is a known result of `beginnings`."""
    begun = begun or beginnings(text)
    at = bisect_right(begun, place)
    start, end = begun[at - 1], begun[at] if at < len(begun) else len(text)
    if place - start > LONGEST:
        return f"…{text[place - LONGEST // 2 : min(end, place + LONGEST)].strip()}"
    return text[start : min(end, place + 2 * LONGEST)].strip()


def shortened(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def sentences(text: str) -> list[str]:
    """Return the sentences of a block."""
    return [sentence for sentence in SENTENCE_END.split(text.strip()) if sentence]


def shorten(text: str, limit: int) -> str:
    """Return `text` cut at a word to at most `limit` characters."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1] if text[limit - 1] == " " else text[: limit - 1].rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:–-')}…"

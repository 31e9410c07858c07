"""Where sentences begin and end."""

import re

LONGEST = 240  # characters that are shown of one
SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][”\"»)]))\s+(?=[^\Wa-z\d_]|[“\"„«(])")


def sentence_at(words: str, place: int) -> tuple[int, int]:
    """Return from where to where the sentence goes in which `place` lies."""
    starts = [0, *(match.end() for match in SENTENCE_END.finditer(words)), len(words)]
    start = max(bound for bound in starts[:-1] if bound <= place)
    return start, min((bound for bound in starts if bound > place), default=len(words))


def shortened(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def sentences(words: str) -> list[str]:
    """Return the sentences of what one block says."""
    return [sentence for sentence in SENTENCE_END.split(words.strip()) if sentence]

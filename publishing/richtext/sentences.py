"""Where a sentence ends."""

import re

SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][”\"»)]))\s+(?=[^\Wa-z\d_]|[“\"„«(])")


def sentences(words: str) -> list[str]:
    """Return the sentences of what one block says."""
    return [sentence for sentence in SENTENCE_END.split(words.strip()) if sentence]

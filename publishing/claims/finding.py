"""Which sentences of a record's texts are dated claims."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from publishing.claims.language import compiled, hits
from publishing.claims.reading import UNSEEN, Sentence, sentences_of_html, sentences_of_text
from publishing.search.words import fold, pieces

SHOWN = 300  # characters of a sentence


@dataclass(frozen=True)
class Found:
    """`words` of a sentence in `field` that `pattern` (a ClaimPattern) is about; `key` is the same for the sentence
    wherever it stands in its field. Its block is the one `index` among those with the tag `tag`, "" in plain text."""

    pattern: object
    field: str
    sentence: str
    words: str
    key: str
    tag: str = ""
    index: int = 0


def claims_in(texts: dict[str, tuple[str, bool]], patterns: Iterable) -> Iterator[Found]:
    """Yield what `patterns` find in the texts of a record, by the name of their field: words, and whether those are
    HTML. A sentence that stands in a field twice is found twice."""
    for field, (text, is_html) in texts.items():
        read = sentences_of_html if is_html else sentences_of_text
        for sentence, pattern in product(read(text), patterns):
            if words := hits(compiled(pattern.phrases, pattern.exceptions), sentence.own):
                yield Found(
                    pattern,
                    field,
                    shortened(sentence.words),
                    said(words),
                    key_of(sentence),
                    sentence.tag,
                    sentence.index,
                )


def said(words: list[str]) -> str:
    """The words that were found in a sentence, each once, as one line of them."""
    return " … ".join(dict.fromkeys(word.replace(UNSEEN, "…") for word in words))[:200]


def key_of(sentence: Sentence) -> str:
    """The words of a sentence alone: it is the same with another comma, as a link, or with today's value of a fact."""
    words = " ".join(part for parts in pieces(fold(sentence.own)) for part in parts)
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def shortened(words: str) -> str:
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"

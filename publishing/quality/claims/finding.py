"""Find the sentences of a record's texts that are dated claims."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from publishing.quality.claims.pattern_language import compiled, hits
from publishing.quality.claims.reading import UNSEEN, Sentence, sentences_of_html, sentences_of_text
from publishing.richtext.sentences import shortened
from publishing.search.words import fold, pieces

SEARCHES_CACHED = 16


@dataclass(frozen=True)
class ClaimMatch:
    """The `words` of a sentence in `field` that match `pattern` (a ClaimPattern). `key` identifies the sentence within
    its field, wherever it moves. Its block is number `index` among those with the tag `tag`, "" in plain text."""

    pattern: object
    field: str
    sentence: str
    words: str
    key: str
    tag: str = ""
    index: int = 0


def claims_in(texts: dict[str, tuple[str, bool]], patterns: Iterable) -> Iterator[ClaimMatch]:
    """Yield the matches of `patterns` in the texts of a record. `texts` maps field names to the text and whether it is
    HTML. A sentence that occurs twice in a field is found twice."""
    patterns = list(patterns)
    language = tuple((pattern.phrases, pattern.exceptions) for pattern in patterns)
    for field, (text, is_html) in texts.items():
        for number, sentence, words in _hits_in(text, is_html, language):
            shown = shortened(sentence.words)
            yield ClaimMatch(patterns[number], field, shown, words, key_of(sentence), sentence.tag, sentence.index)


@lru_cache(SEARCHES_CACHED)
def _hits_in(text: str, is_html: bool, language: tuple[tuple[str, str], ...]) -> list[tuple[int, Sentence, str]]:
    """Return the matches in a text: the index of the pattern in `language`, the sentence, and the words."""
    sentences = sentences_of_html(text) if is_html else sentences_of_text(text)
    return [
        (number, sentence, said(words))
        for sentence, (number, (phrases, exceptions)) in product(sentences, enumerate(language))
        if (words := hits(compiled(phrases, exceptions), sentence.own))
    ]


def said(words: list[str]) -> str:
    """Return the matched words of a sentence in one line, each once."""
    return " … ".join(dict.fromkeys(word.replace(UNSEEN, "…") for word in words))[:200]


def key_of(sentence: Sentence) -> str:
    """Return a hash of the words of a sentence, unaffected by punctuation, links and today's values of facts."""
    words = " ".join(part for parts in pieces(fold(sentence.own)) for part in parts)
    return hashlib.sha256(words.encode()).hexdigest()[:32]

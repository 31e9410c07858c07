"""Find the sentences of a record's texts that are dated claims, by the patterns in patterns.toml."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from publishing.quality.claims.reading import UNSEEN, Sentence, sentences_of_html, sentences_of_text
from publishing.richtext.sentences import shortened
from publishing.search.words import fold, pieces

SEARCHES_CACHED = 16
FILE = Path(__file__).with_name("patterns.toml")


@dataclass(frozen=True)
class ClaimPattern:
    """A kind of claim. The group `claim` of `search` is set unless the match is an exception."""

    slug: str
    name: str
    days: int
    advice: str
    search: re.Pattern

    def hits(self, text: str) -> list[str]:
        """Return the words of `text` that are claims, in order."""
        return [match["claim"] for match in self.search.finditer(text) if match["claim"]]


def read_patterns(text: str) -> dict[str, ClaimPattern]:
    """Return the patterns in a TOML text, by slug, in its order."""
    given, values = tomllib.loads(text), {}

    def expanded(words: str) -> str:
        return re.sub(r"\{([a-z]+)\}", lambda name: f"(?:{values[name[1]]})", words)

    def any_of(phrases: str) -> str:
        # The longest first, so that a match has as many words as possible.
        lines = sorted(phrases.splitlines(), key=lambda line: (-len(line.split()), -len(line)))
        return "|".join(expanded(line.replace(" ", "[ -]").replace("'", "['’]")) for line in lines) or r"(?!)"

    for name, value in given["values"].items():
        values[name] = expanded(value)
    patterns = {}
    for slug, row in given["patterns"].items():
        search = rf"(?<!\w)(?:(?:{any_of(row.pop('exceptions', ''))})|(?P<claim>{any_of(row.pop('phrases'))}))(?!\w)"
        patterns[slug] = ClaimPattern(slug, **row, search=re.compile(rf"{search}(?![.,]\d)", re.IGNORECASE))
    return patterns


PATTERNS = read_patterns(FILE.read_text("utf-8"))


@dataclass(frozen=True)
class ClaimMatch:
    """The `words` of a sentence in `field` that match `pattern`. `key` identifies the sentence within its field,
    wherever it moves. Its block is number `index` among those with the tag `tag`, "" in plain text."""

    pattern: ClaimPattern
    field: str
    sentence: str
    words: str
    key: str
    tag: str = ""
    index: int = 0


def claims_in(texts: dict[str, tuple[str, bool]]) -> Iterator[ClaimMatch]:
    """Yield the claims in the texts of a record. `texts` maps field names to text and whether it is HTML. A sentence
    that occurs twice in a field is found twice."""
    for field, (text, is_html) in texts.items():
        for pattern, sentence, words in _hits_in(text, is_html, tuple(PATTERNS.values())):
            shown = shortened(sentence.words)
            yield ClaimMatch(pattern, field, shown, words, key_of(sentence), sentence.tag, sentence.index)


@lru_cache(SEARCHES_CACHED)
def _hits_in(text: str, is_html: bool, patterns: tuple[ClaimPattern, ...]) -> list[tuple[ClaimPattern, Sentence, str]]:
    """Return the matches in a text: the pattern, the sentence, and the words."""
    sentences = sentences_of_html(text) if is_html else sentences_of_text(text)
    return [
        (pattern, sentence, said(words))
        for sentence in sentences
        for pattern in patterns
        if (words := pattern.hits(sentence.own))
    ]


def said(words: list[str]) -> str:
    """Return the matched words of a sentence in one line, each once."""
    return " … ".join(dict.fromkeys(word.replace(UNSEEN, "…") for word in words))[:200]


def key_of(sentence: Sentence) -> str:
    """Return a hash of the words of a sentence, unaffected by punctuation, links and today's values of facts."""
    words = " ".join(part for parts in pieces(fold(sentence.own)) for part in parts)
    return hashlib.sha256(words.encode()).hexdigest()[:32]

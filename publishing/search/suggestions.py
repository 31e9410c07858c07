"""Spelling suggestions: indexed words that differ in a letter or two from those without results."""

import re

from rapidfuzz import process
from rapidfuzz.distance import OSA

from publishing.search.backends import index
from publishing.search.query import Query
from publishing.search.vocabulary import SearchWord
from publishing.search.words import STOP_WORDS, fold

LETTERS = re.compile(r"[^\W\d_]+")
SHORTEST = 4
MISSPELT = 2  # words of a query that are corrected; each costs some queries
CANDIDATES = 3
VOCABULARY = 20_000
FEW = 3


def suggest(query: Query, at) -> str:
    """Return the query with corrected spelling if that finds more; "" otherwise."""
    text, replaced = query.text, 0
    for match in reversed(list(LETTERS.finditer(query.text))):
        word = fold(match[0])
        if replaced < MISSPELT and len(word) >= SHORTEST and word not in STOP_WORDS and (better := _better(word, at)):
            text = text[: match.start()] + better + text[match.end() :]
            replaced += 1
    return text if replaced and _found(text, at) > _found(query.text, at) else ""


def _better(word: str, at) -> str:
    """Return the nearest word of the vocabulary with more than twice as many results as `word`; "" without any."""
    found = _found(word, at)
    if found >= FEW:
        return ""
    near = _near(word, initial=word[0], length__range=(len(word) - 2, len(word) + 2))
    if not any(distance for _, distance, _ in near):
        near = _near(word, length__range=(len(word) - 1, len(word) + 1))
    counts = [(distance, -_found(other, at), other) for other, distance, _ in near if distance][:CANDIDATES]
    return next((other for _, count, other in sorted(counts) if -count > 2 * found), "")


def _near(word: str, **narrowing) -> list[tuple[str, int, int]]:
    """Return words of the vocabulary with their edit distance from `word`, nearest first."""
    words = SearchWord.objects.filter(**narrowing).values_list("word", flat=True).distinct()[:VOCABULARY]
    most = 1 if len(word) < 6 else 2
    return process.extract(word, list(words), scorer=OSA.distance, score_cutoff=most, limit=CANDIDATES + 1)


def _found(text: str, at) -> int:
    return sum(index().counts(Query.parse(text), at).values())

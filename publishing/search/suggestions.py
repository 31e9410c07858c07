"""What a reader may have meant: words of the index that differ in a letter or two from those that find nothing."""

import re

from rapidfuzz import process
from rapidfuzz.distance import OSA

from publishing.models import SearchWord
from publishing.search.backends import index
from publishing.search.query import Query
from publishing.search.words import STOP_WORDS, fold

LETTERS = re.compile(r"[^\W\d_]+")
SHORTEST = 4
MISSPELT = 2  # words of a question at most: each costs some queries
CANDIDATES = 3
VOCABULARY = 20_000
FEW = 3


def suggest(query: Query, at) -> str:
    """Return the question in another spelling, one that finds more than the given one; "" where there is none."""
    text, replaced = query.text, 0
    for match in reversed(list(LETTERS.finditer(query.text))):
        word = fold(match[0])
        if replaced < MISSPELT and len(word) >= SHORTEST and word not in STOP_WORDS and (better := _better(word, at)):
            text = text[: match.start()] + better + text[match.end() :]
            replaced += 1
    return text if replaced and _found(text, at) > _found(query.text, at) else ""


def _better(word: str, at) -> str:
    """Return the word of the vocabulary that is nearest to `word` and is found more than twice as often."""
    found = _found(word, at)
    if found >= FEW:
        return ""
    most = 1 if len(word) < 6 else 2
    known = _neighbours(word)
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=most, limit=CANDIDATES + 1)
    if not any(distance for _, distance, _ in near):
        near = process.extract(word, index().like(word), scorer=OSA.distance, score_cutoff=most, limit=CANDIDATES + 1)
    counts = [(distance, -_found(other, at), other) for other, distance, _ in near if distance][:CANDIDATES]
    return next((other for _, count, other in sorted(counts) if -count > 2 * found), "")


def _neighbours(word: str) -> list[str]:
    lengths = (len(word) - 2, len(word) + 2)
    words = SearchWord.objects.filter(initial=word[0], length__range=lengths).values_list("word", flat=True).distinct()
    return list(words[:VOCABULARY])


def _found(text: str, at) -> int:
    return sum(index().counts(Query.parse(text), at).values())

"""The vocabulary of the search index, and the spelling suggestions made of it: "did you mean"."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import batched

from django.db import models
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ops.db.internal import InternalModel
from publishing.search.backends import index
from publishing.search.backends.base import Entry
from publishing.search.query import Query, same
from publishing.search.words import STOP_WORDS, fold, pieces

SHORTEST, LONGEST = 4, 30
LONG = 8  # letters of a word that may have two mistakes
BATCH = 500
LETTERS = re.compile(r"[^\W\d_]+")
MISSPELT = 2  # words of a query that are corrected; each costs some queries
CANDIDATES, VOCABULARY = 3, 20_000  # words that are counted, and compared
similar_names: list[Callable[[Query], str]] = []  # of kinds of records: the name most similar to a query, or ""


class SearchWordManager(models.Manager):
    def learn(self, entries: list[Entry]) -> None:
        """Add missing words. Duplicates and obsolete words stay until `reindex`, so that writers never wait."""
        self.add_missing(set().union(*map(words_of, entries)))

    def add_missing(self, words: set[str]) -> None:
        for some in batched(sorted(words), BATCH):
            known = set(self.filter(word__in=some).values_list("word", flat=True))
            self.bulk_create(
                self.model(word=word, initial=word[0], length=len(word)) for word in some if word not in known
            )

    def keep_only(self, words: set[str]) -> int:
        """Delete all other words, and duplicates; return the number of deleted rows."""
        seen, surplus = set(), []
        for pk, word in self.values_list("pk", "word").iterator():
            if word not in words or word in seen:
                surplus.append(pk)
            seen.add(word)
        for some in batched(surplus, BATCH):
            self.filter(pk__in=some).delete()
        return len(surplus)


class SearchWord(InternalModel):
    """A word of letters, without case and accents, from one of the texts."""

    word = models.CharField(max_length=LONGEST, db_index=True)
    initial = models.CharField(max_length=1)
    length = models.PositiveSmallIntegerField()

    objects = SearchWordManager()

    class Meta(InternalModel.Meta):
        indexes = [models.Index(fields=["initial", "length"], name="search_word_by_initial")]


def words_of(entry: Entry) -> set[str]:
    """Return the words of an entry that can replace a misspelt one."""
    texts = entry.texts
    text = fold("\n".join([texts.title, texts.names, texts.keywords, texts.summary, texts.body]))
    return {part for parts in pieces(text) for part in parts if part.isalpha() and SHORTEST <= len(part) <= LONGEST}


def suggest(query: Query, at: datetime) -> str:
    """Return a query without results in a spelling that has some; if no word of it has, a name like it; else ""."""
    text, replaced = query.text, 0
    for match in reversed(list(LETTERS.finditer(query.text))):
        word = fold(match[0])
        nearest, is_last = _better if len(word) >= SHORTEST else _turned, match.end() == len(query.text)
        if replaced < MISSPELT and word not in STOP_WORDS and (better := nearest(word, at, is_last)):
            text = text[: match.start()] + better + text[match.end() :]
            replaced += 1
    has_part = index().counts(replace(query, needs_all=False), at)
    names = [] if has_part else [similar(query) for similar in similar_names]
    return next((one for one in (text, *names) if one not in ("", query.text) and _found(one, at)), "")


def _better(word: str, at, is_last: bool) -> str:
    """Return the nearest known word that has results; "" without any, and if `word` is right, or last and begun."""
    if same((word,)) or _found(word, at, is_last):
        return ""
    near = _near(word, initial=word[0], length__range=(len(word) - 2, len(word) + 2))
    if not any(distance for _, distance, _ in near):
        near = _near(word, length__range=(len(word) - 1, len(word) + 1))
    counts = [(distance, -_found(other, at), other) for other, distance, _ in near if distance][:CANDIDATES]
    return next((other for _, count, other in sorted(counts) if count), "")


def _turned(word: str, at, is_last: bool) -> str:
    """Return a word of three letters with two of them exchanged (gtp, gpt) that has results; "" without any."""
    if len(word) < SHORTEST - 1 or _found(word, at, is_last):
        return ""
    return next((one for one in (word[0] + word[:0:-1], word[1::-1] + word[2]) if _found(one, at)), "")


def _near(word: str, **narrowing) -> list[tuple[str, int, int]]:
    """Return words of the vocabulary with their edit distance from `word`, nearest first.

    A short word with another letter instead of its own, or at its beginning, is no mistake (team, term).
    """
    words = SearchWord.objects.filter(**narrowing).values_list("word", flat=True).distinct()[:VOCABULARY]
    if len(word) < LONG - 2:
        words = [one for one in words if one[0] == word[0] and (len(one) != len(word) or {*one} == {*word})]
    most = 1 if len(word) < LONG else 2
    return process.extract(word, list(words), scorer=OSA.distance, score_cutoff=most, limit=CANDIDATES + 1)


def _found(text: str, at, is_last: bool = True) -> int:
    terms = (replace(term, is_last=term.is_last and is_last) for term in Query.parse(text).terms)
    return sum(index().counts(Query(text, tuple(terms)), at).values())

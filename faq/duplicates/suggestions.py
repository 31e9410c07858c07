"""Suggestions: questions that share words with what is typed, whether or not they ask the same."""

import re
from collections import Counter
from collections.abc import Mapping
from math import log

from rapidfuzz import fuzz, process

from faq.duplicates.finding import KnownQuestions
from faq.duplicates.wording import Wording
from faq.models import Question
from publishing.search.words import stem

ALMOST = 80  # per cent of the letters of a word that no question has
PARTLY = 0.5  # the weight of a related word, and of a word that is only in the answer
ENDING = re.compile(r"(?<=\w\w)(?:e?ment|ing|ed|ion|ive|able|ly|er|est|e)$")
# Words of one subject in each line.
RELATED = """
    best top lead big number
    begin start launch kick first
    benchmark leaderboard rank score
    business commercial sell
    client customer gdpr personal privacy protect
    company firm provider vendor
    cost bill budget cheap expensive fee pay price
    discontinue deprecate end retire shut sunset switch
    evaluate assess check grade judge test
    form full letter mean short stand
    hallucinate fabricate invent lie wrong
    host deploy local premise prem run self server
    large big long size
    learn train
    licence allow permit
    prevent avoid reduce stop
"""


def _root(word: str) -> str:
    return ENDING.sub("", stem(word))


SUBJECTS = [frozenset(map(_root, line.split())) for line in RELATED.strip().splitlines()]


def _roots(text: str, names: Mapping[str, str]) -> frozenset[str]:
    """Return the words of a text without endings, those with an abbreviation in both forms."""
    return frozenset(_root(word) for synonyms in (names, {}) for word in Wording.of(text, synonyms).tokens)


def nearest(text: str, known: KnownQuestions) -> list[Question]:
    """Return the questions that share words with `text`, nearest first: rare words count most."""
    held = {
        question: frozenset().union(*(_roots(way, known.names) for way in ways))
        for question, ways in known.ways.items()
    }
    counts = Counter(word for words in held.values() for word in words)
    typed = _roots(text, known.names)
    for word in typed - counts.keys():
        if typo := process.extractOne(word, counts.keys(), scorer=fuzz.ratio, score_cutoff=ALMOST):
            typed |= {typo[0]}
    asked = typed.union(*(subject for subject in SUBJECTS if subject & typed))
    if not asked:
        return []
    weights = {word: (1 if word in typed else PARTLY) * log(1 + len(held) / (counts[word] or 1)) for word in asked}
    begins = re.compile(rf"\b(?:{'|'.join(sorted(asked, reverse=True))})")
    scores = {}
    for question, words in held.items():
        in_answer = set(begins.findall(question.answer.casefold())) - words
        scores[question] = sum(weights[word] for word in words & asked) + PARTLY * sum(
            weights[word] for word in in_answer
        )
    return sorted(filter(scores.get, held), key=lambda question: (-scores[question], question.pk))

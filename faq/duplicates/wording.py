"""A question as a set of words that is the same for different wordings.

"Is Generative AI the same as LLMs?" and "Is LLM the same as generative AI?" are both {generative, ai, same, llm}. Words
that change the meaning are kept: how, why, when, where, who, should.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from publishing.search.words import ENGLISH_STOP_WORDS, PART, fold, stem

SAME_WORD = 86  # per cent of the letters of a word: tolerates a typo
SHORTEST_WITH_SLIP = 5
LONGEST = 400  # characters; a question has at most 250

# In addition to the abbreviations that the questions themselves define (abbreviations_in).
SYNONYMS = {
    "artificial intelligence": "ai",
    **dict.fromkeys(("large language model", "language model"), "llm"),
    **dict.fromkeys(("genai", "gen ai"), "generative ai"),
    "chat gpt": "chatgpt",
    **dict.fromkeys(("how much", "how many", "which kind of", "which type of"), ""),
    "price": "cost",
    "picture": "image",
    "bigger": "larger",
    "license": "licence",
    "finetuning": "fine tuning",
}
# Up to six words before the abbreviation in brackets, possibly a plural. Bounded, because texts may be long.
INTRODUCED = re.compile(r"\b((?:[^\W_]{1,40}[ -]){1,5}[^\W_]{1,40}) \(([A-Z]{2,6})s?\)")
SAME = "same"
# "What is different" asks the same as "is it the same", with the opposite answer.
EQUAL = {"same", "equal", "equivalent", "identical"}
UNEQUAL = {"differ", "difference", "different", "distinct", "distinction"}
NEGATIONS = {"not", "no", "never", "without", "cannot"}
# With these words, the order of two things matters.
ONE_WAY = {"than", "instead", "rather"}
YES_OR_NO = "is are was were do does did can could should would will has have may must am cannot isn aren don doesn"
AUXILIARIES = frozenset(YES_OR_NO.split())
TELLING = {"how", "why", "when", "where", "who", "should"}
FILLERS = {"there", "any", "between", "actually", "really", "just", "please", "also", "vs", "versus", "t", "may"}
EMPTY = (ENGLISH_STOP_WORDS - TELLING) | FILLERS | NEGATIONS
APOSTROPHES = re.compile("[’ʼ`´]")
SUFFIXES = re.compile(r"'(?:s|re|ve|ll|d|m)\b")
NOT = re.compile(r"n't\b")


@dataclass(frozen=True)
class Wording:
    """`turns`: "yes" has the meaning that "no" has for the question without its negation."""

    terms: tuple[str, ...]
    tokens: frozenset[str]
    is_yes_no: bool
    is_negated: bool
    turns: bool
    is_one_way: bool

    @classmethod
    def of(cls, text: str, synonyms: Mapping[str, str] = SYNONYMS) -> "Wording":
        plain = SUFFIXES.sub(" ", NOT.sub(" not", APOSTROPHES.sub("'", fold(text[:LONGEST]))))
        parts = PART.findall(plain)
        stems = [stem(part) for part in parts]
        negations = sum(part in NEGATIONS for part in stems)
        unequal = sum(part in UNEQUAL for part in stems)
        spaced = f" {' '.join(stems)} "
        for phrase in sorted(synonyms, key=len, reverse=True):
            spaced = spaced.replace(f" {phrase} ", f" {synonyms[phrase]} ")
        terms = tuple(SAME if word in EQUAL | UNEQUAL else word for word in spaced.split() if word not in EMPTY)
        return cls(
            terms=terms,
            tokens=frozenset(terms),
            is_yes_no=parts[:1] != [] and parts[0] in AUXILIARIES,
            is_negated=negations % 2 == 1,
            turns=(negations + unequal) % 2 == 1,
            is_one_way=not ONE_WAY.isdisjoint(stems),
        )

    @property
    def initials(self) -> str:
        """Return letters that are equal for all wordings of the same question: a typo leaves the first letter."""
        return "".join(sorted(token[0] for token in self.tokens))

    @property
    def has_order(self) -> bool:
        """Return whether it asks something else the other way round: "Is A a kind of B?", "How does A become B?" """
        is_compared = self.is_one_way or SAME in self.tokens
        return not is_compared and (self.is_yes_no or not TELLING.isdisjoint(self.tokens))


def abbreviations_in(text: str) -> dict[str, str]:
    """Return phrases whose abbreviation follows in brackets: "retrieval-augmented generation (RAG)"."""
    abbreviations = {}
    for match in INTRODUCED.finditer(text):
        name = match[2].lower()
        phrase = PART.findall(fold(match[1]))[-len(name) :]
        if "".join(word[0] for word in phrase) == name:
            abbreviations[" ".join(map(stem, phrase))] = name
    return abbreviations


def asks_the_same(first: Wording, second: Wording) -> bool:
    """Return whether two questions have the same words, except for typos and, where it does not matter, the order."""
    if first.initials != second.initials or not first.tokens:
        return False
    if first.is_negated != second.is_negated and not (first.is_yes_no and second.is_yes_no):
        return False  # "Which AI is not generative?" asks for something else without the "not"
    if not all(map(_is_slip, sorted(first.tokens - second.tokens), sorted(second.tokens - first.tokens))):
        return False
    shared = first.tokens & second.tokens
    orders = [[word for word in dict.fromkeys(wording.terms) if word in shared] for wording in (first, second)]
    return orders[0] == orders[1] or not (first.has_order and second.has_order)


def _is_slip(word: str, other: str) -> bool:
    long_enough = min(len(word), len(other)) >= SHORTEST_WITH_SLIP
    return long_enough and word.isalpha() and fuzz.ratio(word, other, score_cutoff=SAME_WORD) > 0

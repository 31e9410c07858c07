"""A question as a set of words that is the same for different wordings.

"Is Generative AI the same as LLMs?" and "Is LLM the same as generative AI?" are both {generative, ai, same, llm}. Words
that change the meaning are kept: how, why, when, where, who. Numbers must be identical.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from publishing.search.words import PART, STOP_WORDS, fold, stem

ALIKE = 80  # per cent of all words that both must share
SAME_WORD = 86  # per cent of the letters of a word: tolerates a typo
SHORTEST_WITH_SLIP = 5
LONGEST = 400  # characters; a question has at most 250

# In addition to the abbreviations that the questions themselves define (abbreviations_in).
SYNONYMS = {
    "artificial intelligence": "ai",
    "large language model": "llm",
    "genai": "generative ai",
    "gen ai": "generative ai",
    **dict.fromkeys(("how much", "how many", "which kind of", "which type of"), ""),
    "price": "cost",
    "picture": "image",
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
YES_OR_NO = """
    is are was were do does did can could should would will has have may must am cannot isn aren don doesn
"""
AUXILIARIES = frozenset(YES_OR_NO.split())
TELLING = {"how", "why", "when", "where", "who"}
FILLERS = {"there", "any", "between", "actually", "really", "just", "please", "also", "vs", "versus", "t"}
EMPTY = (STOP_WORDS - TELLING) | FILLERS | NEGATIONS
APOSTROPHES = re.compile("[’ʼ`´]")
SUFFIXES = re.compile(r"'(?:s|re|ve|ll|d|m)\b")
NOT = re.compile(r"n't\b")


@dataclass(frozen=True)
class Wording:
    """`turns`: "yes" has the meaning that "no" has for the question without its negation."""

    words: tuple[str, ...]
    tokens: frozenset[str]
    numbers: tuple[str, ...]
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
        words = tuple(SAME if word in EQUAL | UNEQUAL else word for word in spaced.split() if word not in EMPTY)
        return cls(
            words=words,
            tokens=frozenset(words),
            numbers=tuple(sorted(word for word in words if word.isdigit())),
            is_yes_no=parts[:1] != [] and parts[0] in AUXILIARIES,
            is_negated=negations % 2 == 1,
            turns=(negations + unequal) % 2 == 1,
            is_one_way=not ONE_WAY.isdisjoint(stems),
        )


def abbreviations_in(text: str) -> dict[str, str]:
    """Return phrases whose abbreviation follows in brackets: "retrieval-augmented generation (RAG)"."""
    found = {}
    for match in INTRODUCED.finditer(text):
        name = match[2].lower()
        phrase = PART.findall(fold(match[1]))[-len(name) :]
        if "".join(word[0] for word in phrase) == name:
            found[" ".join(map(stem, phrase))] = name
    return found


def likeness(one: Wording, other: Wording) -> int:
    """Return the similarity of two questions in per cent, or 0 if it is below ALIKE."""
    if one.numbers != other.numbers or not one.tokens or not other.tokens:
        return 0
    if one.is_negated != other.is_negated and not (one.is_yes_no and other.is_yes_no):
        return 0  # "Which AI is not generative?" asks for something else without the "not"
    shared = len(one.tokens & other.tokens)
    mine, theirs = one.tokens - other.tokens, other.tokens - one.tokens
    # The upper bound with typos is checked first, because most questions have little in common.
    if _percent(shared + min(len(mine), len(theirs)), one, other) < ALIKE:
        return 0
    found = _percent(shared + min(_slips(mine, theirs), _slips(theirs, mine)), one, other)
    return found if found >= ALIKE else 0


def _percent(shared: int, one: Wording, other: Wording) -> int:
    return 100 * shared // (len(one.tokens) + len(other.tokens) - shared)


def _slips(mine: frozenset[str], theirs: frozenset[str]) -> int:
    """Return the number of words in one that match a word in the other except for a typo."""
    return sum(any(_is_slip(word, other) for other in theirs) for word in mine)


def _is_slip(word: str, other: str) -> bool:
    if min(len(word), len(other)) < SHORTEST_WITH_SLIP or word[0] != other[0]:
        return False
    return fuzz.ratio(word, other, score_cutoff=SAME_WORD) > 0

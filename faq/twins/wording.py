"""A question as a set of words that two ways to ask the same have in common.

"Is Generative AI the same as LLMs?" and "Is LLM the same as generative AI?" are both {generative, ai, same, llm}. Words
that make another question of it are kept: how, why, when, where, who; and numbers have to be the same altogether.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from publishing.search.words import PART, STOP_WORDS, fold, stem

Words = tuple[str, ...]
ALIKE = 80  # per cent of the words of both that they have in common
SAME_WORD = 86  # per cent of the letters: a slip of the finger
SHORTEST_WITH_SLIP = 5
LONGEST = 400  # characters; a question has 250

# Beside these, what the texts of the site say of themselves (abbreviations.py).
SYNONYMS: dict[Words, Words] = {
    ("artificial", "intelligence"): ("ai",),
    ("large", "language", "model"): ("llm",),
    ("genai",): ("generative", "ai"),
    ("gen", "ai"): ("generative", "ai"),
    ("how", "much"): (),
    ("how", "many"): (),
    ("which", "kind", "of"): (),
    ("which", "type", "of"): (),
    ("price",): ("cost",),
    ("picture",): ("image",),
}
SAME = "same"
# Whoever asks what differs asks whether it is the same; the answer is the opposite one.
EQUAL = {"same", "equal", "equivalent", "identical"}
UNEQUAL = {"differ", "difference", "different", "distinct", "distinction"}
NEGATIONS = {"not", "no", "never", "without", "cannot"}
# With these, the order in which two things are named makes another question.
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
    """`turns` says that a yes means what a no means to the question without its negation."""

    words: Words
    tokens: frozenset[str]
    numbers: Words
    is_yes_no: bool
    is_negated: bool
    turns: bool
    is_one_way: bool

    @classmethod
    def of(cls, text: str, synonyms: Mapping[Words, Words] = SYNONYMS) -> "Wording":
        plain = SUFFIXES.sub(" ", NOT.sub(" not", APOSTROPHES.sub("'", fold(text[:LONGEST]))))
        parts = [stem(part) for part in PART.findall(plain)]
        first = PART.findall(plain)[:1]
        negations = sum(part in NEGATIONS for part in parts)
        unequal = sum(part in UNEQUAL for part in parts)
        words = tuple(
            SAME if word in EQUAL | UNEQUAL else word for word in _replaced(parts, synonyms) if word not in EMPTY
        )
        return cls(
            words=words,
            tokens=frozenset(words),
            numbers=tuple(sorted(word for word in words if word.isdigit())),
            is_yes_no=bool(first) and first[0] in AUXILIARIES,
            is_negated=negations % 2 == 1,
            turns=(negations + unequal) % 2 == 1,
            is_one_way=not ONE_WAY.isdisjoint(parts),
        )


def likeness(one: Wording, other: Wording) -> int:
    """Return how much two questions ask the same, in per cent: 0 for what is below ALIKE."""
    if one.numbers != other.numbers or not one.tokens or not other.tokens:
        return 0
    if one.is_negated != other.is_negated and not (one.is_yes_no and other.is_yes_no):
        return 0  # "Which AI is not generative?" asks for something else than without the "not"
    shared = len(one.tokens & other.tokens)
    mine, theirs = one.tokens - other.tokens, other.tokens - one.tokens
    # What can be reached if every word of the shorter one were a slip of one of the longer.
    best = shared + min(len(mine), len(theirs))
    if 100 * best < ALIKE * (len(one.tokens) + len(other.tokens) - best):
        return 0
    shared += _slips(mine, theirs)
    found = 100 * shared // (len(one.tokens) + len(other.tokens) - shared)
    return found if found >= ALIKE else 0


def _slips(mine: frozenset[str], theirs: frozenset[str]) -> int:
    """How many words of one are those of the other with a letter or two amiss."""
    left, count = set(theirs), 0
    for word in sorted(mine):
        match = next((other for other in sorted(left) if _is_slip(word, other)), None)
        if match:
            left.discard(match)
            count += 1
    return count


def _is_slip(word: str, other: str) -> bool:
    if min(len(word), len(other)) < SHORTEST_WITH_SLIP or word[0] != other[0]:
        return False
    return fuzz.ratio(word, other, score_cutoff=SAME_WORD) > 0


def _replaced(parts: list[str], synonyms: Mapping[Words, Words]) -> list[str]:
    """The words, with each phrase that has a shorter name called by that; the longest phrase first."""
    longest = max(map(len, synonyms), default=0)
    found, place = [], 0
    while place < len(parts):
        for length in range(min(longest, len(parts) - place), 0, -1):
            name = synonyms.get(tuple(parts[place : place + length]))
            if name is not None:
                found += name
                place += length
                break
        else:
            found.append(parts[place])
            place += 1
    return found

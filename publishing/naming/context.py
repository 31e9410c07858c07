"""Which of the names found in a block are certain: what stands around a name says whether it is one.

A wrong link is worse than a missing one, so everything here must be met; the rest is for an editor to decide.
"""

import re
from bisect import bisect_left, bisect_right, insort

from publishing.naming.finding import Found, How
from publishing.naming.lexicon import Lexicon
from publishing.naming.neighbours import LOOKED_BACK, OBJECT_AFTER, Spans, is_part_of_more
from publishing.naming.tokens import tokens_of

LISTING = re.compile(r" *(?:,|/|,? (?:and|or|vs\.?|versus|&)(?= )| [-–—] ) *(?:the )?")
BY = re.compile(r"(?:[ ,(]+[a-z-]+){0,3}[ ,(]+(?:by|from|of) +(?:the +)?")
OWNED = re.compile(r"(?:['’]s)? ")
WORD_AFTER = re.compile(r" *[-\u2011 (] *([^\W\d_]+)")
WORD_BEFORE = re.compile(r"([^\W\d_]+)(?:[,:]? +(?:like|such as|including|called|named))?[:(]? *[“\"‘']?$")
MADE_BEFORE = re.compile(r"([^\W\d_]+)[ ,(]+(?:([a-z]+) )?(?:from|by|of) (?:the )?$")
BESIDE = 80  # signs up to which names stand beside each other
KIN = 400  # and in one sentence
PASSES = 4  # there and back: a sign goes on from name to name in a list
Certain = tuple[int, int, str, int]  # start, end, kind, maker, or 0 for unknown


class Context:
    """`linked` are the places in the block that are certain already; `sentences` where its sentences begin."""

    def __init__(self, text: str, found: list[Found], lexicon: Lexicon, sentences: list[int], linked: list[Certain]):
        self.text, self.lexicon = text.replace("\u00a0", " "), lexicon
        self.found, self.sentences = found, sentences
        self.is_shouted = _is_shouted(text, found)
        self.named = Spans([(item.start, item.end) for item in found] + [place[:2] for place in linked])
        self.certain: list[Certain] = sorted(linked)
        self.chosen: set[Found] = set()

    def settle(self) -> set[Found]:
        """Return those that are certain. What is so by itself first: beside it others become so."""
        candidates = [item for item in self.found if self._may_be(item)]
        for item in candidates:
            if not self.lexicon.is_ordinary(self.text[item.start : item.end], item.names[0]):
                self._take(item)
        for _ in range(PASSES):
            candidates = [item for item in reversed(candidates) if item not in self.chosen]
            for item in candidates:
                if self._has_sign(item):
                    self._take(item)
        return self.chosen

    def _take(self, item: Found):
        self.chosen.add(item)
        insort(self.certain, (item.start, item.end, item.names[0].label, item.names[0].maker or 0))

    def _may_be(self, item: Found) -> bool:
        if item.how not in {How.EXACT, How.VARIANT} or self.is_shouted:
            return False
        if self.lexicon.is_ambiguous(item.names):
            return False
        if len(tokens_of(self.text[item.start : item.end])) == 1 and OBJECT_AFTER.match(self.text, item.end):
            return False
        subject = self.lexicon.subject
        return not is_part_of_more(self.text, item.start, item.end, self.named, self.sentences, subject)

    # Signs that a word is a name here ---------------------------------------------------------------

    def _has_sign(self, item: Found) -> bool:
        if self._is_maker(item.names[0].label):
            return self._made_something(item) or self._beside_work(item) or self._in_list(item)
        if item.names[0].label not in self.lexicon.versioned:
            return False
        return self._beside_subject(item) or self._beside_maker(item) or self._in_list(item) or self._with_kin(item)

    def _made_something(self, item: Found) -> bool:
        """“A model from Meta”, “a generator developed by Google”."""
        before = MADE_BEFORE.search(self._before(item))
        return bool(before and any(word and word.casefold() in self.lexicon.subject for word in before.groups()))

    def _beside_work(self, item: Found) -> bool:
        """“Meta’s Llama 3.3”, “Llama 3.3, made by Meta”."""
        return any(
            _belong(self.text, (item.start, item.end), place[:2])
            for place in self._around(item, BESIDE)
            if place[2] in self.lexicon.versioned and place[3] == item.names[0].maker
        )

    def _beside_subject(self, item: Found) -> bool:
        """“Sora series”, “models like Phi”, “the chatbot Claude”."""
        after, before = WORD_AFTER.match(self.text, item.end), WORD_BEFORE.search(self._before(item))
        return any(match and match[1].casefold() in self.lexicon.subject for match in (after, before))

    def _beside_maker(self, item: Found) -> bool:
        """“OpenAI’s Sora”, “Sora, made by OpenAI”."""
        return any(
            _belong(self.text, place[:2], (item.start, item.end))
            for place in self._around(item, BESIDE)
            if self._is_maker(place[2]) and place[3] == item.names[0].maker
        )

    def _in_list(self, item: Found) -> bool:
        """“Gemini, GPT and Claude”, where one of them is certain."""
        return any(
            (end <= item.start and LISTING.fullmatch(self.text, end, item.start))
            or (item.end <= start and LISTING.fullmatch(self.text, item.end, start))
            for start, end, label, _ in self._around(item, BESIDE)
            if self._is_maker(label) == self._is_maker(item.names[0].label)
        )

    def _with_kin(self, item: Found) -> bool:
        """Another work of the same maker in the same sentence."""
        at = bisect_right(self.sentences, item.start)
        first, last = self.sentences[at - 1], self.sentences[at] if at < len(self.sentences) else len(self.text)
        return any(
            first <= start < last and maker and maker == item.names[0].maker and not self._is_maker(label)
            for start, _, label, maker in self._around(item, KIN)
        )

    def _is_maker(self, label: str) -> bool:
        return label in self.lexicon.makers

    def _before(self, item: Found) -> str:
        return self.text[max(0, item.start - LOOKED_BACK) : item.start]

    def _around(self, item: Found, reach: int) -> list[Certain]:
        """What is certain up to `reach` signs away."""
        first = bisect_left(self.certain, item.start - reach, key=lambda place: place[1])
        last = bisect_right(self.certain, item.end + reach, key=lambda place: place[0])
        return self.certain[first:last]


def _is_shouted(text: str, found: list[Found]) -> bool:
    """Whether the words between the names are in capitals, so that those of the names say nothing."""
    bounds = [0, *(place for item in found for place in (item.start, item.end)), len(text)]
    return " ".join(text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)).isupper()


def _belong(text: str, maker: tuple[int, int], work: tuple[int, int]) -> bool:
    """Whether the words between the places of two names say that the one made the other."""
    if maker[1] <= work[0]:
        return bool(OWNED.fullmatch(text, maker[1], work[0]))
    return work[1] <= maker[0] and bool(BY.fullmatch(text, work[1], maker[0]))

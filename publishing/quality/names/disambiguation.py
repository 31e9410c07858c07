"""Decide from the context which names in a block are certain: a wrong link is worse than a missing one."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import cast

from ops.toml_files import toml_beside
from publishing.quality.names.lexicon import Lexicon
from publishing.quality.names.matcher import MatchKind, NameMatch
from publishing.quality.names.tokens import EAST, TOKEN, is_short, plain, tokens_of

OPENERS = frozenset(toml_beside(__file__, "openers.toml")["words"].split())
# Capitalised words that may follow a name without being part of a longer one.
TAILS = frozenset(["api", "apis", "llm", "llms", "ai"])
LOOKED_BACK = 100  # characters before a name
JOINED_BEFORE = re.compile(r"[^\W_][-\u2010\u2011·+&.]$")
CAPITAL_BEFORE = re.compile(rf"(?:^|(?<=[\s{EAST}]))([^\W_{EAST}][^\s{EAST}]*) $")
CLAUSE_ENDS = ',;:.!?)”"’…'
CAPITAL_AFTER = re.compile(r" ([^\W\d_a-z][\w-]*)|[-\u2011]([^\W_a-z][\w-]*)|[.·+&](\w)")
# Words after which the name before them is not a noun but a verb: “Google the term”.
OBJECT_AFTER = re.compile(r" (?:the|a|an|it|them|this|that|these|those|your|my|our|their|any)\b")
LOWER_PREFIX = re.compile(r"(?:^|[\s(“\"])(?:non|pre|post|anti|ex|pro|co|cross|multi|self)[-\u2011]$", re.IGNORECASE)


def is_part_of_more(text: str, start: int, end: int, spans: list, sentence_starts: list[int], subject) -> bool:
    """Return whether the words around a name make it part of something else. Adjacent names (`spans`, their spans in
    order) and words of the `subject` do not, nor does the first word of a sentence (`sentence_starts`) if it is one
    that may precede any name."""
    first = max(0, start - LOOKED_BACK)
    before = text[first:start]
    if JOINED_BEFORE.search(before) and not LOWER_PREFIX.search(before):
        return True
    previous = CAPITAL_BEFORE.search(before)
    if previous and previous[1][0].isupper() and previous[1][-1] not in CLAUSE_ENDS:
        offset, word = first + previous.start(1), previous[1].casefold()
        is_opener = word in OPENERS and _begins_sentence(text, offset, sentence_starts)
        if not (_holds(spans, offset) or is_opener or word in TAILS):
            return True
    following = CAPITAL_AFTER.match(text, end)
    if not following:
        return False
    group = following.lastindex or 0
    if following[group][0].isalpha() and not following[group][0].isupper() and group < len(following.groups()):
        return False  # “GPT-4 était”
    offset, word = following.start(group), following[group].casefold()
    return not (_holds(spans, offset) or word in TAILS or word in subject or offset in sentence_starts)


def _holds(spans: list[tuple[int, int]], offset: int) -> bool:
    index = bisect_right(spans, offset, key=lambda span: span[0]) - 1
    return index >= 0 and offset < spans[index][1]


def _begins_sentence(text: str, offset: int, sentence_starts: list[int]) -> bool:
    begun = sentence_starts[bisect_right(sentence_starts, offset) - 1]
    first = TOKEN.search(text, begun)
    return first is not None and first.start() == offset


LISTING = re.compile(r" *(?:[,、/和と및]|,? (?:and|or|vs\.?|versus|&|und|oder|et|ou)(?= )| [-–—] ) *(?:the )?")
BY = re.compile(r"(?:[ ,(]+[a-z-]+){0,3}[ ,(]+(?:by|from|of) +(?:the +)?")
OWNED = re.compile(r"(?:['’]?s)? |の|的|의 ?")
WORD_AFTER = re.compile(r" {,3}[-\u2011 (] {,3}([^\W\d_]+)")
WORD_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]+)(?:[,:]? +(?:like|such as|including|called|named))?[:(]? *[“\"‘']?$")
MADE_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]+)[ ,(]+(?:([a-z]+) )?(?:from|by|of) (?:the )?$")
KIN = 400  # characters within which names of one sentence support each other
LISTED = 3  # names in a list that support each other although each is an ordinary word
PASSES = 4  # in alternating directions, since certainty spreads from name to name in a list


@dataclass
class NameOccurrence:
    """A name or a link to one: its kind, and its vendor if known. `is_certain` is determined in this module."""

    start: int
    end: int
    label: str
    vendor: int | None
    match: NameMatch | None = None
    is_certain: bool = False


def certain_names(
    text: str, matches: list[NameMatch], links: list[NameOccurrence], lexicon: Lexicon, sentence_starts: list[int]
) -> set:
    """Return the certain names of `matches`, some by those beside them."""
    occurrences = [
        NameOccurrence(match.start, match.end, match.names[0].label, match.names[0].vendor, match)
        for match in matches
        if match.names
    ]
    context = _Context(plain(text), matches, [*occurrences, *links], lexicon, sentence_starts)
    candidates = [occurrence for occurrence in occurrences if context.may_be(occurrence)]
    for occurrence in candidates:
        written, name = context.text[occurrence.start : occurrence.end], cast(NameMatch, occurrence.match).names[0]
        occurrence.is_certain = not (lexicon.is_ordinary(written, name) or is_short(written))
    if context.is_about_it():
        for occurrence in candidates:
            occurrence.is_certain |= not lexicon.is_ordinary(
                text[occurrence.start : occurrence.end], cast(NameMatch, occurrence.match).names[0]
            )
    for _ in range(PASSES):
        candidates = [occurrence for occurrence in reversed(candidates) if not occurrence.is_certain]
        for occurrence in candidates:
            occurrence.is_certain = context.has_sign(occurrence)
    return {occurrence.match for occurrence in occurrences if occurrence.is_certain}


class _Context:
    def __init__(
        self,
        text: str,
        matches: list[NameMatch],
        occurrences: list[NameOccurrence],
        lexicon: Lexicon,
        sentence_starts: list[int],
    ):
        self.text, self.lexicon, self.sentence_starts = text, lexicon, sentence_starts
        self.occurrences = sorted(occurrences, key=lambda occurrence: occurrence.start)
        self.index_by_id = {id(occurrence): index for index, occurrence in enumerate(self.occurrences)}
        links = [occurrence for occurrence in occurrences if occurrence.match is None]
        self.name_spans = sorted((name.start, name.end) for name in [*matches, *links])
        self.is_shouted = _is_shouted(text, matches)

    def may_be(self, occurrence: NameOccurrence) -> bool:
        match = occurrence.match
        if (
            match is None
            or match.how not in {MatchKind.EXACT, MatchKind.VARIANT}
            or self.is_shouted
            or self.lexicon.is_ambiguous(match.names)
        ):
            return False
        if len(tokens_of(self.text[match.start : match.end])) == 1 and OBJECT_AFTER.match(self.text, match.end):
            return False
        subject = self.lexicon.subject
        return not is_part_of_more(self.text, match.start, match.end, self.name_spans, self.sentence_starts, subject)

    def is_about_it(self) -> bool:
        """Return whether the block is a name alone, or contains a certain name or a word of the subject."""
        stripped = self.text.strip()
        is_alone = any(self.text[occurrence.start : occurrence.end] == stripped for occurrence in self.occurrences)
        is_beside = any(occurrence.is_certain for occurrence in self.occurrences)
        return is_alone or is_beside or any(token.folded in self.lexicon.about for token in tokens_of(stripped))

    def has_sign(self, occurrence: NameOccurrence) -> bool:
        """Return whether the context shows that a word is a name."""
        index = self.index_by_id[id(occurrence)]
        beside = [other for other in self.occurrences[max(0, index - 1) : index + 2] if other.is_certain]
        before = self.text[max(0, occurrence.start - LOOKED_BACK) : occurrence.start]
        if self._is_vendor(occurrence):
            # “A model from Meta”, “a generator developed by Google”.
            maker = MADE_BEFORE.search(before)
            has_maker = maker and any(word and word.casefold() in self.lexicon.subject for word in maker.groups())
            return bool(has_maker) or any(
                self._belong(occurrence, neighbour) or self._is_list(occurrence, neighbour) for neighbour in beside
            )
        if occurrence.label not in self.lexicon.versioned:
            return False
        # “Sora series”, “models like Phi”, “the chatbot Claude”.
        word_matches = WORD_AFTER.match(self.text, occurrence.end), WORD_BEFORE.search(before)
        if any(match and match[1].casefold() in self.lexicon.subject for match in word_matches):
            return True
        if any(
            self._belong(neighbour, occurrence) or self._is_list(occurrence, neighbour) for neighbour in beside
        ) or self._has_kin(index):
            return True
        # “Gemini, GPT and Claude”: three in a list are no coincidence.
        around = self.occurrences[max(0, index - 1) : index + 2]
        return len(around) == LISTED and all(
            neighbour is occurrence or self._is_list(occurrence, neighbour) for neighbour in around
        )

    def _is_list(self, name: NameOccurrence, other: NameOccurrence) -> bool:
        """Return whether both are in one list, as in “Gemini, GPT and Claude”."""
        first, second = sorted([name, other], key=lambda place: place.start)
        is_alike = self._is_vendor(name) == self._is_vendor(other)
        return is_alike and bool(LISTING.fullmatch(self.text, first.end, second.start))

    def _belong(self, vendor: NameOccurrence, work: NameOccurrence) -> bool:
        """Return whether the text attributes the work to the vendor: “OpenAI’s Sora”, “Llama 3.3, made by Meta”."""
        is_of_it = self._is_vendor(vendor) and bool(vendor.vendor) and vendor.vendor == work.vendor
        if not is_of_it or work.label not in self.lexicon.versioned:
            return False
        if vendor.end <= work.start:
            return bool(OWNED.fullmatch(self.text, vendor.end, work.start))
        return bool(BY.fullmatch(self.text, work.end, vendor.start))

    def _has_kin(self, index: int) -> bool:
        """Return whether the same sentence contains another work of the same vendor."""
        occurrence = self.occurrences[index]
        following = bisect_right(self.sentence_starts, occurrence.start)
        next_start = self.sentence_starts[following] if following < len(self.sentence_starts) else len(self.text)
        first = max(self.sentence_starts[following - 1], occurrence.start - KIN)
        last = min(next_start, occurrence.end + KIN)
        start = bisect_right(self.occurrences, first - 1, key=lambda other: other.start)
        end = bisect_right(self.occurrences, last - 1, key=lambda other: other.start)
        return bool(occurrence.vendor) and any(
            other.is_certain and other.vendor == occurrence.vendor and not self._is_vendor(other)
            for other in self.occurrences[start:end]
        )

    def _is_vendor(self, occurrence: NameOccurrence) -> bool:
        return occurrence.label in self.lexicon.vendors


def _is_shouted(text: str, matches: list[NameMatch]) -> bool:
    """Return whether the words between the names are in capitals, which makes the capitals of names meaningless."""
    bounds = [0, *(offset for match in matches for offset in (match.start, match.end)), len(text)]
    between = " ".join(text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))
    return between.isupper() and not re.search(f"[{EAST}]", between)

"""A text as words with their places, and which of its words are meant as names of models although they are also words.

A text is never stored, and never part of a query or a message: it may contain secrets.
"""

import html
import re
from bisect import bisect_right
from collections import Counter
from typing import NamedTuple

from django.views.decorators.debug import sensitive_variables

from catalog.check.lexicon import Entry, Lexicon
from catalog.rules.spelling import WORD, folded
from publishing.quality.names.tokens import has_inner_capital

LONGEST = 120  # letters of an id; longer tokens are keys, hashes and data
MOST_JUDGED = 500  # places of one word that may be a name
ESCAPES = re.compile(r"\\[nrt]")
# An identifier such as "ModelClaude3_7SonnetLatest", and the places where its words begin.
IDENTIFIER = re.compile(r"(?<![\w-])(?=[A-Za-z_]{,60}\d)[A-Za-z][A-Za-z0-9_]{4,60}(?![\w-])")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=20\d{6})")
DIGIT = re.compile(r"[^A-Za-z]")
OF_TYPE, DOT = re.compile(r"(?<=Model)(?=-)"), re.compile(r"(?<=\d)-?Dot-?(?=\d)")
OF_MODEL = re.compile(r"(?:model|engine|deployment|fallback)[\w.-]{,30}[\"'`\])]{,3}\s{,9}(?:=>?|:=?)\s{,9}[\"'`]?\Z")
THE_MODEL = re.compile(r"\b(?:model|modell|modele|modelo)[ \t]{1,3}[\"'`]?\Z")  # "the model Luminous Supreme"
SENTENCE, BLOCK = re.compile(r"\n|[.!?][ \t]"), re.compile(r"\n[ \t\r]*\n")
CELL_BEFORE, CELL_AFTER = (
    re.compile(r"(?:\A|[|,;\t\n])[ *`-]{,9}(?:\d{1,2}[.)] )?\Z"),
    re.compile(r"[ \r*`]{,9}(?:[|,;\t\n]|\Z)"),
)
LINE_BEFORE, LINE_AFTER = (
    re.compile(r"(?:\A|\n)[ \t]{,40}(?:[-*][ \t]{1,9})?\Z"),
    re.compile(r"[ \t]{,9},?[ \t]{,9}\r?(?:\n|\Z)"),
)
QUOTES = frozenset("\"'`")


# Words beside a name that is also a word.
ABOUT = re.compile(r"\b(?:llms?|models|openai)\b")
# The heading of a column of models.
HEADING = re.compile(r"(?:^|[|,;\t])[ *`]{,3}models?[ *`]{,3}(?=[|,;\t\r\n])", re.MULTILINE)


class Mention(NamedTuple):
    """A name in a text: from the first to the last word, with what it means."""

    start: int
    end: int
    entry: Entry


class Text:
    """One text: its words, and where its sentences and blocks begin."""

    @sensitive_variables()
    def __init__(self, lexicon: Lexicon, text: str):
        self.lexicon = lexicon
        text = html.unescape(ESCAPES.sub("\n", text))
        self.text = folded(IDENTIFIER.sub(self._taken_apart, text))  # with capitals
        self.low, self.ids = self.text.lower(), text.lower()
        self.spans = [match.span() for match in WORD.finditer(self.low)]
        self.words = [self.low[start:end] if self.low[start] != "+" else "plus" for start, end in self.spans]
        self.sentences = [match.end() for match in SENTENCE.finditer(self.low)]
        self.blocks = [match.end() for match in BLOCK.finditer(self.low)]

    def _taken_apart(self, match: re.Match) -> str:
        """Return "Model -Claude3_7-Sonnet-Latest" for "ModelClaude3_7SonnetLatest", but "SmolLM2" as it is."""
        if match[0].isupper():
            return match[0]
        first = DIGIT.split(match[0], maxsplit=1)[0]
        kept = len(first) if first.lower() in self.lexicon.root else 0
        return OF_TYPE.sub(" ", DOT.sub(".", match[0][:kept] + HUMP.sub("-", match[0][kept:])))

    def _gap(self, place: int) -> str:
        """Return what is between a word and the next; a character at the end of the text."""
        if place + 1 >= len(self.words):
            return "\n"
        return self.low[self.spans[place][1] : self.spans[place + 1][0]]

    def _meant(self, mentions: list[Mention]) -> list[Mention]:
        """Return the names without those of words that are not meant as names."""
        sentences = {bisect_right(self.sentences, match.start()) for match in ABOUT.finditer(self.low)}
        blocks = {bisect_right(self.blocks, match.start()) for match in HEADING.finditer(self.low)}
        for one in mentions:
            if one.entry.model and not one.entry.is_weak:
                start = self.spans[one.start][0]
                sentences.add(bisect_right(self.sentences, start))
                if self._is_cell(one):
                    blocks.add(bisect_right(self.blocks, start))
        meant, judged = [], Counter()
        for one in mentions:
            if not one.entry.is_weak:
                meant.append(one)
                continue
            judged[one.entry] += 1
            start = self.spans[one.start][0]
            is_beside = bisect_right(self.sentences, start) in sentences
            is_in_table = bisect_right(self.blocks, start) in blocks
            if judged[one.entry] <= MOST_JUDGED and self._is_meant(one, is_beside, is_in_table):
                meant.append(one)
        return meant

    def _is_cell(self, one: Mention) -> bool:
        start, stop = self.spans[one.start][0], self.spans[one.end][1]
        is_first = CELL_BEFORE.search(self.low[max(0, start - 9) : start] or "\n")
        return bool(is_first and CELL_AFTER.match(self.low, stop, stop + 9))

    def _is_meant(self, one: Mention, is_beside: bool, is_in_table: bool) -> bool:
        """Return whether a word such as "o3" or "sonar" is meant as a name."""
        start, stop = self.spans[one.start][0], self.spans[one.end][1]
        before = self.low[max(0, start - LONGEST) : start]
        if self.low[stop : stop + 1] in {"/", ":", "."} and self.low[stop + 1 : stop + 2].isalnum():
            return False
        if before[-1:] in {"/", ":"} and re.split(r"[^a-z0-9-]", before[:-1])[-1] in self.lexicon.hosts:
            return True
        is_of_vendor = (
            one.start and self._gap(one.start - 1) in {"-", "."} and self.words[one.start - 1] in self.lexicon.prefixes
        )
        if is_of_vendor or OF_MODEL.search(before) or THE_MODEL.search(before):
            return True
        name = self.low[start:stop]
        is_quoted = before[-1:] in QUOTES and self.low[stop : stop + 1] == before[-1:]
        is_alone = bool(LINE_BEFORE.search(before) and LINE_AFTER.match(self.low, stop))
        if name.isalpha():
            return (is_quoted or is_alone or has_inner_capital(self.text[start:stop])) and is_beside
        return is_quoted or is_alone or is_beside or (is_in_table and self._is_cell(one))

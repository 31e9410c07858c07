"""Find the sentences of a record's texts that are dated claims, by the patterns in patterns.toml.

Only the author's own words are searched. Quotations, code, notes (they cite sources with their dates) and questions are
left out, as are values of facts and rows of tables that come from the catalogue, since those are always current.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from publishing.richtext.reading import Block, TextBlocks
from publishing.richtext.sentences import sentences, shortened
from publishing.search.words import fold, pieces

SEARCHES_CACHED = 64  # those of some records with their titles and summaries
LONGEST_SENTENCE = 2_000  # characters; longer ones are data, and would take seconds to search
MOST_SEARCHED = 100_000  # characters of a text, repeated sentences counted once; more would take seconds too
FILE = Path(__file__).with_name("patterns.toml")
# Private-use characters: around text that is shown but not searched, such as a fact, and in its place.
BEGIN, END, UNSEEN = "\ue001", "\ue002", "\ue003"
BOUND = re.compile(f"{BEGIN}[^{BEGIN}{END}]*{END}")
QUOTED = re.compile(r"“[^”]*(?:”|$)|„[^“”]*(?:[“”]|$)|«[^»]*(?:»|$)|\"[^\"]*\"")
REST_OF_QUOTATION = re.compile(r"(?<![^“])[^“]*?”")
# Questions, and titles of publications such as “Attention Is All You Need (Vaswani et al., 2017)”.
UNCLAIMED = re.compile(r"\?$|\((?:[^()]* et al[^()]*|[A-Z][^()]*,? \d{4}|\d{4})\)$")
HYPHENS = re.compile("[‐‑]")


@dataclass(frozen=True)
class ClaimPattern:
    """A kind of claim. The group `claim` of `search` is set unless the match is an exception."""

    slug: str
    search: re.Pattern
    name: str = ""
    days: int = 0
    advice: str = ""

    def hits(self, text: str) -> list[str]:
        """Return the words of `text` that are claims, in order."""
        return [match["claim"] for match in self.search.finditer(text) if match["claim"]]


def read_patterns(text: str, table: str = "patterns") -> dict[str, ClaimPattern]:
    """Return the patterns in a table of a TOML text, by slug, in its order."""
    tables, values = tomllib.loads(text), {}

    def expanded(template: str) -> str:
        return re.sub(r"\{([a-z]+)\}", lambda name: f"(?:{values[name[1]]})", template)

    def any_of(phrases: str) -> str:
        # The longest first, so that a match has as many words as possible.
        lines = sorted(phrases.splitlines(), key=lambda line: (-len(line.split()), -len(line)))
        return "|".join(expanded(line.replace(" ", "[ -]").replace("'", "['’]")) for line in lines) or r"(?!)"

    for name, value in tables["values"].items():
        values[name] = expanded(value)
    patterns = {}
    for slug, row in tables[table].items():
        search = rf"(?<!\w)(?:(?:{any_of(row.pop('exceptions', ''))})|(?P<claim>{any_of(row.pop('phrases'))}))(?!\w)"
        patterns[slug] = ClaimPattern(slug, **row, search=re.compile(rf"{search}(?![.,]\d)", re.IGNORECASE))
    return patterns


PATTERNS = read_patterns(FILE.read_text("utf-8"))
TYPED = read_patterns(FILE.read_text("utf-8"), "typed")  # by the name of the fact


@dataclass(frozen=True)
class Sentence:
    """`text` is what readers see, `own_text` the author's part of it; the block is number `index` among those with
    `tag`."""

    text: str
    own_text: str
    tag: str = ""
    index: int = 0


def sentences_of_text(text: str) -> Iterator[Sentence]:
    """Yield the sentences of plain text."""
    for sentence in sentences(_in_one_line(text)):
        if not UNCLAIMED.search(sentence):
            yield Sentence(sentence, _without_quotations(sentence))


def sentences_of_html(html: str) -> Iterator[Sentence]:
    """Yield the sentences of a cleaned body, block by block."""
    for block in TextBlocks.of(html).blocks if html else ():
        if not (block.place.is_quoted or block.place.is_code or block.place.is_from_catalogue):
            yield from _sentences_of_block(block)


def _sentences_of_block(block: Block) -> Iterator[Sentence]:
    is_quoting = False
    for marked in sentences(_in_one_line("".join(_marked_text(block)))):
        own_text = BOUND.sub(UNSEEN, marked)
        if is_quoting:
            own_text, ended = REST_OF_QUOTATION.subn(UNSEEN, own_text, count=1)
            if not ended:
                continue
        is_quoting = own_text.rfind("“") > own_text.rfind("”")
        text = marked.replace(BEGIN, "").replace(END, "")
        if not UNCLAIMED.search(text):
            yield Sentence(text, _without_quotations(own_text), block.place.tag, block.place.index)


def _marked_text(block: Block) -> Iterator[str]:
    """Yield the words of a block without its notes; code and values of facts are marked."""
    for piece in block.pieces:
        if not piece.place.note:
            is_marked = piece.place.is_code or piece.place.fact
            yield f"{BEGIN}{piece.text}{END}" if is_marked else piece.text


def _in_one_line(text: str) -> str:
    return " ".join(HYPHENS.sub("-", text).split())


def _without_quotations(text: str) -> str:
    return QUOTED.sub(UNSEEN, text)


@dataclass(frozen=True)
class ClaimMatch:
    """The `words` of a sentence in `field` that match `pattern`. `key` identifies the sentence within its field,
    wherever it moves. Its block is number `index` among those with the tag `tag`, "" in plain text."""

    pattern: ClaimPattern
    field: str
    sentence: str
    words: str
    key: str
    tag: str = ""
    index: int = 0


def claims_in(texts: dict[str, tuple[str, bool]]) -> Iterator[ClaimMatch]:
    """Yield the claims in the texts of a record. `texts` maps field names to text and whether it is HTML. A sentence
    that occurs twice in a field is found twice."""
    for field, (text, is_html) in texts.items():
        for pattern, sentence, phrase_text in _hits_in(text, is_html, tuple(PATTERNS.values()))[0]:
            short = shortened(sentence.text)
            yield ClaimMatch(pattern, field, short, phrase_text, key_of(sentence), sentence.tag, sentence.index)


def is_searched_whole(text: str, is_html: bool) -> bool:
    """Return whether a text is short enough that no claim of it is missed."""
    return _hits_in(text, is_html, tuple(PATTERNS.values()))[1]


@lru_cache(SEARCHES_CACHED)
def _hits_in(
    text: str, is_html: bool, patterns: tuple[ClaimPattern, ...]
) -> tuple[list[tuple[ClaimPattern, Sentence, str]], bool]:
    """Return the matches in a text (the pattern, the sentence, and the words), and whether all of it was searched."""
    hits_by_text, searched = {}, 0  # found by the words of a sentence, since rows of tables and lists repeat them
    matches = []
    for sentence in sentences_of_html(text) if is_html else sentences_of_text(text):
        own_text = sentence.own_text
        if own_text not in hits_by_text:
            searched += len(own_text) if len(own_text) <= LONGEST_SENTENCE else 0
            if searched > MOST_SEARCHED:
                return matches, False
            hits = [(pattern, pattern.hits(own_text)) for pattern in patterns if len(own_text) <= LONGEST_SENTENCE]
            hits_by_text[own_text] = [(pattern, joined_phrases(phrases)) for pattern, phrases in hits if phrases]
        matches += [(pattern, sentence, phrase_text) for pattern, phrase_text in hits_by_text[own_text]]
    return matches, True


def joined_phrases(phrases: list[str]) -> str:
    """Return the matched words of a sentence in one line, each once."""
    return " … ".join(dict.fromkeys(word.replace(UNSEEN, "…") for word in phrases))[:200]


def key_of(sentence: Sentence) -> str:
    """Return a hash of the words of a sentence, unaffected by punctuation, links and today's values of facts."""
    text = " ".join(part for parts in pieces(fold(sentence.own_text)) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]

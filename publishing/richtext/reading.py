"""A single walk over a body: its blocks of words, the context of each word, and the records that it mentions."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from lxml.html import HtmlElement

from publishing.richtext.document import Mention, mention, parse
from publishing.richtext.schema import BLOCKS, HEADINGS, SNIPPET
from publishing.richtext.sentences import beginnings
from publishing.richtext.table_element import ATTRIBUTE

BREAK = "\n"
SEPARATOR = " · "
NEEDLESS_SEPARATOR = re.compile(r"(?:(?<=[.!?:;,…])|(?<=[.!?:;,…][”’\")])) ·|^· | ·(?= ·|$)")
READINGS_CACHED = 4  # up to 40 MB each for a text of 1 MB


@dataclass(frozen=True)
class TextPosition:
    """The elements around some words. `index` counts blocks of this `tag`; `note` numbers the notes, 0 outside."""

    tag: str = ""
    index: int = 0
    is_heading: bool = False
    is_quoted: bool = False
    is_code: bool = False
    is_from_catalogue: bool = False
    note: int = 0
    fact: Mention | None = None


@dataclass(frozen=True)
class Link:
    """A link in a block, as a range of characters; `target` is set if it leads to a record."""

    start: int
    end: int
    target: Mention | None


@dataclass(frozen=True)
class MentionInText:
    """A record that a link or image refers to, and its place: a block and a character in it."""

    mention: Mention
    element: HtmlElement
    block: "Block"
    start: int
    note: int


@dataclass
class Piece:
    """A run of words: its start in the block, and the element that holds it as its text or as its tail."""

    start: int
    element: HtmlElement
    is_tail: bool
    text: str
    place: TextPosition

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass
class Block:
    """The words of a block; `offset` is its start in the whole body, `section` the number of the heading above."""

    section: int
    place: TextPosition
    pieces: list[Piece] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    text: str = ""
    offset: int = 0

    def add(self, text: str | None, element: HtmlElement, place: TextPosition, is_tail: bool = False) -> None:
        if text:
            self.pieces.append(Piece(len(self.text), element, is_tail, text, place))
            self.text += text

    def is_code(self, start: int, end: int) -> bool:
        first = bisect_right(self.pieces, start, key=lambda piece: piece.start) - 1
        last = bisect_left(self.pieces, end, key=lambda piece: piece.start)
        return any(piece.place.is_code for piece in self.pieces[max(0, first) : last])

    def link_at(self, start: int, end: int) -> Link | None:
        first = bisect_right(self.links, start, key=lambda link: link.end)
        return next((link for link in self.links[first : first + 1] if end > link.start), None)

    def piece_with(self, start: int, end: int) -> Piece | None:
        """Return the run that holds all of these words; None if they are split, for example by partly bold text."""
        piece = self.pieces[bisect_right(self.pieces, start, key=lambda piece: piece.start) - 1]
        return piece if end <= piece.end else None

    @cached_property
    def sentence_starts(self) -> list[int]:
        return beginnings(self.text)


class TextBlocks:
    """The blocks of a body's tree in order; blocks without words are left out."""

    def __init__(self, tree):
        self.tree = tree
        self.blocks: list[Block] = []
        self.mentioned: list[MentionInText] = []  # each link and image once, in text order
        self._section, self._notes, self._counts = 0, 0, Counter()
        self._open = Block(0, TextPosition())
        self._inside(tree, TextPosition())
        self._begin(TextPosition())
        offset = 0
        for block in self.blocks:
            block.offset = offset
            offset += len(block.text) + 1
        self._counted: dict[str, tuple[int, int]] = {}  # by words: last place asked for, occurrences before it
        self.text = BREAK.join(block.text for block in self.blocks)

    @classmethod
    @lru_cache(maxsize=READINGS_CACHED)
    def of(cls, html: str) -> "TextBlocks":
        """Return the reading of a body; its tree is shared and must not be changed."""
        return cls(parse(html))

    @property
    def mentions(self) -> list[Mention]:
        return [item.mention for item in self.mentioned]

    def runs(self) -> Iterator[Piece | str]:
        """Yield the words of the text, then those of its notes, with a space between blocks and notes."""
        notes = {}
        for block in self.blocks:
            for piece in block.pieces:
                if piece.place.note:
                    notes.setdefault(piece.place.note, []).append(piece)
                else:
                    yield piece
            yield " "
        for pieces in notes.values():
            yield from pieces
            yield " "

    def nth(self, block: Block, start: int, text: str) -> int:
        """Return how often `text` occurs in the body before this place, so that a browser can find this occurrence."""
        offset = block.offset + start
        before, count = self._counted.get(text, (0, 0))
        if before > offset:
            before, count = 0, 0
        count += self.text.count(text, before, offset)
        self._counted[text] = offset, count
        return count

    def block_at(self, offset: int) -> tuple[Block, int]:
        """Return the block at a place of the body, and the place within the block."""
        block = self.blocks[bisect_right(self.blocks, offset, key=lambda block: block.offset) - 1]
        return block, offset - block.offset

    def _begin(self, place: TextPosition):
        if self._open.text.strip():
            self.blocks.append(self._open)
        self._open = Block(self._section, place)

    def _inside(self, element, place: TextPosition):
        block, start = self._open, len(self._open.text)
        mentioned = _mention_of(element)
        if mentioned:
            self.mentioned.append(MentionInText(mentioned, element, block, start, place.note))
        if mentioned and mentioned.fact:
            place = replace(place, fact=mentioned)
        block.add(element.text, element, place)
        for child in element:
            if child.tag in BLOCKS:
                self._section += child.tag in HEADINGS
                inner = self._in_block(child, place)
                self._begin(inner)
                self._inside(child, inner)
                self._begin(place)
            elif child.tag == "br":
                self._open.add(BREAK, child, place)
            elif isinstance(child.tag, str):
                self._inside(child, self._in_line(child, place))
            self._open.add(child.tail, child, place, is_tail=True)
        if element.tag == "a" and block is self._open:
            block.links.append(Link(start, len(block.text), mentioned))

    def _in_block(self, child, place: TextPosition) -> TextPosition:
        tag = child.tag
        self._counts[tag] += 1
        return replace(
            place,
            tag=tag,
            index=self._counts[tag] - 1,
            is_heading=place.is_heading or tag in HEADINGS,
            is_quoted=place.is_quoted or tag == "blockquote",
            is_code=place.is_code or tag == "pre",
            # The caption is written by the author.
            is_from_catalogue=(place.is_from_catalogue and tag != "caption") or ATTRIBUTE in child.attrib,
        )

    def _in_line(self, child, place: TextPosition) -> TextPosition:
        if child.tag == "code":
            return replace(place, is_code=True)
        if child.tag == "small":
            self._notes += 1
            return replace(place, note=self._notes)
        return place


def _mention_of(element) -> Mention | None:
    if element.tag == "a":
        return mention(element.get("href"), " ".join(element.text_content().split()))
    if element.tag == "figure":
        return mention(element.get(SNIPPET))
    return mention(element.get("src"), element.get("alt") or "") if element.tag == "img" else None


def mentions(html: str) -> list[Mention]:
    """Return the mentions of a cleaned body in text order, each link and image once."""
    return TextBlocks.of(html).mentions if "ref:" in html or "fact:" in html else []


def plain_text(html: str) -> str:
    """Return the words of a cleaned body in one line, its notes last; a mark follows what is no sentence."""
    runs = TextBlocks.of(html).runs() if html else ()
    text = "".join(SEPARATOR if isinstance(run, str) else run.text for run in runs)
    return NEEDLESS_SEPARATOR.sub("", " ".join(text.split()))

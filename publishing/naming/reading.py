"""A body as the blocks of words in which names are sought: what of it is a heading, a link, code, a quotation."""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from publishing.richtext.document import Mention, mention, parse
from publishing.richtext.sentences import beginnings

HEADINGS = {"h2", "h3", "h4"}
BLOCKS = HEADINGS | {"p", "li", "th", "td", "caption", "figcaption", "blockquote", "pre", "figure", "table", "ul", "ol"}
BREAK = "\n"


@dataclass(frozen=True)
class Link:
    """A link from one place of a block to another; `target` where it leads to a record."""

    start: int
    end: int
    target: Mention | None


@dataclass
class Piece:
    """A run of words: where it begins in its block, and the element that holds it as its text or as its tail."""

    start: int
    element: object
    is_tail: bool
    words: str


@dataclass
class Block:
    """The words of one block. `offset` is where they begin among those of the whole body, `section` the number of the
    heading above. In a closed block, a heading or a quotation, nothing is linked; what is code is no text at all."""

    section: int
    is_closed: bool = False
    is_quoted: bool = False
    pieces: list[Piece] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    words: str = ""
    offset: int = 0

    def add(self, words: str | None, element, is_tail: bool = False):
        if words:
            self.pieces.append(Piece(len(self.words), element, is_tail, words))
            self.words += words

    def is_code(self, start: int, end: int) -> bool:
        return any(start < last and end > first for first, last in self.code)

    def link_at(self, start: int, end: int) -> Link | None:
        return next((link for link in self.links if start < link.end and end > link.start), None)

    def piece_with(self, start: int, end: int) -> Piece | None:
        """The run that holds all of these words; None where they are partly bold, or the like."""
        piece = self.pieces[bisect_right(self.pieces, start, key=lambda piece: piece.start) - 1]
        return piece if end <= piece.start + len(piece.words) else None

    @cached_property
    def sentences(self) -> list[int]:
        return beginnings(self.words)


class Reading:
    """The blocks of the tree of a body, in its order; blocks without words are left out."""

    def __init__(self, tree):
        self.blocks: list[Block] = []
        self._section = 0
        self._open = Block(0)
        self._inside(tree)
        self._begin()
        offset = 0
        for block in self.blocks:
            block.offset = offset
            offset += len(block.words) + 1
        self._counted: dict[str, tuple[int, int]] = {}  # words, the last place asked for, how often they stand before
        self.words = BREAK.join(block.words for block in self.blocks)

    @classmethod
    def of(cls, html: str) -> "Reading":
        return cls(parse(html))

    def nth(self, block: Block, start: int, words: str) -> int:
        """How often `words` stand in the body before this place: so a browser finds it again."""
        place = block.offset + start
        before, count = self._counted.get(words, (0, 0))
        if before > place:
            before, count = 0, 0
        count += self.words.count(words, before, place)
        self._counted[words] = place, count
        return count

    def place(self, words: str, nth: int) -> int | None:
        """Where `words` stand for the `nth` time, from 0; None where they do not."""
        place = -len(words)
        for _ in range(nth + 1):
            place = self.words.find(words, place + len(words))
            if place < 0:
                return None
        return place

    def block_at(self, place: int) -> tuple[Block, int]:
        """The block in which a place of the body lies, and the place in it."""
        block = self.blocks[bisect_right(self.blocks, place, key=lambda block: block.offset) - 1]
        return block, place - block.offset

    def _begin(self, is_closed: bool = False, is_quoted: bool = False):
        if self._open.words.strip():
            self.blocks.append(self._open)
        self._open = Block(self._section, is_closed, is_quoted)

    def _inside(self, element, is_closed: bool = False, is_quoted: bool = False, is_code: bool = False):
        block, start = self._open, len(self._open.words)
        block.add(element.text, element)
        for child in element:
            if child.tag in BLOCKS:
                self._section += child.tag in HEADINGS
                quoted = is_quoted or child.tag == "blockquote"
                closed = is_closed or quoted or child.tag in HEADINGS
                self._begin(closed, quoted)
                self._inside(child, closed, quoted, is_code or child.tag == "pre")
                self._begin(is_closed, is_quoted)
            elif child.tag == "br":
                self._open.add(BREAK, child)
            elif isinstance(child.tag, str):
                self._inside(child, is_closed, is_quoted, is_code or child.tag == "code")
            self._open.add(child.tail, child, is_tail=True)
        if block is self._open:
            end = len(block.words)
            if element.tag == "a":
                block.links.append(Link(start, end, mention(element.get("href"))))
            if is_code and end > start:
                block.code.append((start, end))

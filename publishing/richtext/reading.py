"""One walk over a body: its blocks of words, what each word stands in, and the records that the body mentions.

References, names, claims and plain words are all read from it.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from publishing.richtext.document import Mention, mention, parse
from publishing.richtext.schema import BLOCKS, HEADINGS
from publishing.richtext.sentences import beginnings
from publishing.richtext.table_element import ATTRIBUTE

BREAK = "\n"
READINGS_CACHED = 4  # of a text of 1 MB up to 40 MB each


@dataclass(frozen=True)
class Place:
    """The elements around some words: their block is the one `index` among those with its `tag`, "" for none. `note`
    is the number of their note, 0 for none."""

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
    """A link from one place of a block to another; `target` where it leads to a record."""

    start: int
    end: int
    target: Mention | None


@dataclass(frozen=True)
class Mentioned:
    """A record that a link or picture names, and where: so many words after the start of a block."""

    mention: Mention
    element: object
    block: "Block"
    start: int
    note: int


@dataclass
class Piece:
    """A run of words: where it begins in its block, and the element that holds it as its text or as its tail."""

    start: int
    element: object
    is_tail: bool
    words: str
    place: Place

    @property
    def end(self) -> int:
        return self.start + len(self.words)


@dataclass
class Block:
    """The words of one block. `offset` is where they begin among those of the whole body, `section` the number of the
    heading above."""

    section: int
    place: Place
    pieces: list[Piece] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    words: str = ""
    offset: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether nothing in it is linked: a heading or a quotation."""
        return self.place.is_heading or self.place.is_quoted

    @property
    def is_quoted(self) -> bool:
        return self.place.is_quoted

    def add(self, words: str | None, element, place: Place, is_tail: bool = False):
        if words:
            self.pieces.append(Piece(len(self.words), element, is_tail, words, place))
            self.words += words

    def is_code(self, start: int, end: int) -> bool:
        first = bisect_right(self.pieces, start, key=lambda piece: piece.start) - 1
        last = bisect_left(self.pieces, end, key=lambda piece: piece.start)
        return any(piece.place.is_code for piece in self.pieces[max(0, first) : last])

    def link_at(self, start: int, end: int) -> Link | None:
        first = bisect_right(self.links, start, key=lambda link: link.end)
        return next((link for link in self.links[first : first + 1] if end > link.start), None)

    def piece_with(self, start: int, end: int) -> Piece | None:
        """The run that holds all of these words; None where they are partly bold, or the like."""
        piece = self.pieces[bisect_right(self.pieces, start, key=lambda piece: piece.start) - 1]
        return piece if end <= piece.end else None

    @cached_property
    def sentences(self) -> list[int]:
        return beginnings(self.words)


class Reading:
    """The blocks of the tree of a body, in its order; blocks without words are left out."""

    def __init__(self, tree):
        self.tree = tree
        self.blocks: list[Block] = []
        self.mentioned: list[Mentioned] = []  # each link and picture once, in the order of the text
        self._section, self._notes, self._counts = 0, 0, Counter()
        self._open = Block(0, Place())
        self._inside(tree, Place())
        self._begin(Place())
        offset = 0
        for block in self.blocks:
            block.offset = offset
            offset += len(block.words) + 1
        self._counted: dict[str, tuple[int, int]] = {}  # words, the last place asked for, how often they stand before
        self.words = BREAK.join(block.words for block in self.blocks)

    @classmethod
    @lru_cache(maxsize=READINGS_CACHED)
    def of(cls, html: str) -> "Reading":
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

    def nth(self, block: Block, start: int, words: str) -> int:
        """How often `words` stand in the body before this place: so a browser finds it again."""
        place = block.offset + start
        before, count = self._counted.get(words, (0, 0))
        if before > place:
            before, count = 0, 0
        count += self.words.count(words, before, place)
        self._counted[words] = place, count
        return count

    def block_at(self, place: int) -> tuple[Block, int]:
        """The block in which a place of the body lies, and the place in it."""
        block = self.blocks[bisect_right(self.blocks, place, key=lambda block: block.offset) - 1]
        return block, place - block.offset

    def _begin(self, place: Place):
        if self._open.words.strip():
            self.blocks.append(self._open)
        self._open = Block(self._section, place)

    def _inside(self, element, place: Place):
        block, start = self._open, len(self._open.words)
        named = _mention_of(element)
        if named:
            self.mentioned.append(Mentioned(named, element, block, start, place.note))
        if named and named.fact:
            place = replace(place, fact=named)
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
            block.links.append(Link(start, len(block.words), named))

    def _in_block(self, child, place: Place) -> Place:
        tag = child.tag
        self._counts[tag] += 1
        return replace(
            place,
            tag=tag,
            index=self._counts[tag] - 1,
            is_heading=place.is_heading or tag in HEADINGS,
            is_quoted=place.is_quoted or tag == "blockquote",
            is_code=place.is_code or tag == "pre",
            # The author says its caption.
            is_from_catalogue=(place.is_from_catalogue and tag != "caption") or ATTRIBUTE in child.attrib,
        )

    def _in_line(self, child, place: Place) -> Place:
        if child.tag == "code":
            return replace(place, is_code=True)
        if child.tag == "small":
            self._notes += 1
            return replace(place, note=self._notes)
        return place


def _mention_of(element) -> Mention | None:
    if element.tag == "a":
        return mention(element.get("href"), " ".join(element.text_content().split()))
    return mention(element.get("src"), element.get("alt") or "") if element.tag == "img" else None


def mentions(html: str) -> list[Mention]:
    """Return what a cleaned body mentions, in the order of the text, each link and picture once."""
    return Reading.of(html).mentions if "ref:" in html or "fact:" in html else []


def plain_text(html: str) -> str:
    """Return the words of a cleaned body, in one line, its notes after its text."""
    runs = Reading.of(html).runs() if html else ()
    return " ".join("".join(run if isinstance(run, str) else run.words for run in runs).split())

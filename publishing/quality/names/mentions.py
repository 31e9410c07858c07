"""Find the names in a body, each with its sentence, whether it is linked, and whether it should be; and link them."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import cast

from lxml.html import HtmlElement

from publishing.quality.names.disambiguation import NameOccurrence, certain_names
from publishing.quality.names.lexicon import Lexicon, RecordName
from publishing.quality.names.matcher import MatchKind, NameMatch, names_in
from publishing.richtext.document import parse, serialize
from publishing.richtext.reading import Block, Link, Piece, TextBlocks
from publishing.richtext.sentences import sentence_at, shortened

MOST_NAMES = 1_000  # in one text
SEARCHES_CACHED = 16


@dataclass(frozen=True)
class NameInText:
    """The `nth` occurrence of `text` in the body, from 0. `ref` is the record they link to. They may be linked if
    `is_free`: not in a heading, a quotation or another link. If `is_certain`, they mean the first of `names` without
    doubt. If `is_first`, a link is missing: no link in the same section, from heading to heading, leads there."""

    text: str
    nth: int
    place: int
    sentence: str
    section: int
    how: MatchKind
    names: tuple[RecordName, ...]
    series: RecordName | None = None
    ref: str = ""
    is_free: bool = False
    is_quoted: bool = False
    is_certain: bool = False
    is_first: bool = False

    @property
    def may_be_linked(self) -> bool:
        return self.is_free and self.is_certain

    @property
    def name(self) -> RecordName | None:
        """The most likely name."""
        return self.names[0] if self.names else None


def names_of(reading: TextBlocks, lexicon: Lexicon) -> list[NameInText]:
    """Return the first MOST_NAMES names in a body, without those in code, within a second per megabyte."""
    names = []
    for block in reading.blocks:
        names += _in_block(reading, block, lexicon, MOST_NAMES - len(names))
        if len(names) >= MOST_NAMES:
            break
    linked = {(item.section, item.ref) for item in names if item.ref}
    for number, item in enumerate(names):
        if not item.ref and item.is_free and item.name:
            place = (item.section, item.name.ref)
            names[number] = replace(item, is_first=place not in linked)
            if item.may_be_linked:
                linked.add(place)
    return names


@lru_cache(SEARCHES_CACHED)
def names_in_html(html: str, lexicon: Lexicon) -> list[NameInText]:
    """Like `names_of`, for a cleaned body. The search is cached so that it can be done before a transaction begins."""
    return names_of(TextBlocks.of(html), lexicon)


def _in_block(reading: TextBlocks, block: Block, lexicon: Lexicon, most: int) -> list[NameInText]:
    text = block.text
    matches = [item for item in names_in(text, lexicon, most) if not block.is_code(item.start, item.end)]
    mentioned_links = (link for link in block.links if link.target and link.target.label in lexicon.kinds)
    links = list(islice((link for link in mentioned_links if link.end > link.start), most))
    outside = [item for item in matches if block.link_at(item.start, item.end) is None]
    places = [
        NameOccurrence(link.start, link.end, link.target.label, _vendor(link, matches), is_certain=True)
        for link in links
        if link.target
    ]
    certain = certain_names(text, outside, places, lexicon, block.sentence_starts)
    rows = [(item.start, _from_found(reading, block, item, item in certain)) for item in outside]
    rows += [(link.start, _from_link(reading, block, link, matches)) for link in links]
    return [item for _, item in sorted(rows, key=lambda row: row[0])][:most]


def _from_found(reading: TextBlocks, block: Block, item: NameMatch, is_certain: bool) -> NameInText:
    text = block.text[item.start : item.end]
    is_closed = block.place.is_heading or block.place.is_quoted
    is_free = not is_closed and block.piece_with(item.start, item.end) is not None
    return NameInText(
        **_place(reading, block, item.start, text),
        how=item.how,
        names=item.names,
        series=item.series,
        is_free=is_free,
        is_quoted=block.place.is_quoted,
        is_certain=is_certain,
    )


def _from_link(reading: TextBlocks, block: Block, link: Link, matches: list[NameMatch]) -> NameInText:
    text = block.text[link.start : link.end]
    ref = f"{link.target.label}/{link.target.pk}" if link.target else ""
    inside = _inside(link, matches)
    names = [name for item in inside for name in item.names if name.ref == ref]
    # Other words than a name may link to a record as well.
    is_name = bool(names) and (inside[0].start, inside[0].end) == (link.start, link.end)
    how = inside[0].how if is_name else MatchKind.EXACT
    place = _place(reading, block, link.start, text)
    return NameInText(**place, how=how, names=tuple(names[:1]), ref=ref, is_quoted=block.place.is_quoted)


def _place(reading: TextBlocks, block: Block, start: int, text: str) -> dict:
    sentence = sentence_at(block.text, start, block.sentence_starts)
    return {
        "text": text,
        "nth": reading.nth(block, start, text),
        "place": block.offset + start,
        "sentence": shortened(" ".join(sentence.split())),
        "section": block.section,
    }


def _vendor(link: Link, matches: list[NameMatch]) -> int | None:
    ref = f"{link.target.label}/{link.target.pk}" if link.target else ""
    vendors = (name.vendor for item in _inside(link, matches) for name in item.names if name.ref == ref)
    return next(vendors, None)


def _inside(link: Link, matches: list[NameMatch]) -> list[NameMatch]:
    first, last = (bisect_left(matches, place, key=lambda item: item.start) for place in (link.start, link.end))
    return matches[first:last]


def link_certain(html: str, lexicon: Lexicon) -> tuple[str, list[NameInText]]:
    """Return a cleaned body in which each certain name is linked once per section, and the linked names."""
    tree = parse(html)
    reading = TextBlocks(tree)
    linked = [item for item in names_of(reading, lexicon) if item.may_be_linked and item.is_first]
    for item in reversed(linked):  # so that earlier positions stay valid
        _link(reading, item)
    return (serialize(tree) if linked else html), linked


def _link(reading: TextBlocks, item: NameInText):
    block, start = reading.block_at(item.place)
    piece = cast(Piece, block.piece_with(start, start + len(item.text)))  # a free name is in one piece
    before, after = piece.text[: start - piece.start], _rest(piece)[start - piece.start + len(item.text) :]
    link = piece.element.makeelement("a", {"href": f"ref:{item.names[0].ref}"})
    link.text, link.tail = item.text, after
    if piece.is_tail:
        piece.element.tail = before
        parent = cast(HtmlElement, piece.element.getparent())
        parent.insert(parent.index(piece.element) + 1, link)
    else:
        piece.element.text = before
        piece.element.insert(0, link)


def _rest(piece: Piece) -> str:
    """Return what is left of the text of a piece after links later in it were split off."""
    return (piece.element.tail if piece.is_tail else piece.element.text) or ""

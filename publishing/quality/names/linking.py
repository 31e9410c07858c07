"""Link the names in a body to their records."""

from typing import cast

from lxml.html import HtmlElement

from publishing.quality.names.lexicon import Lexicon
from publishing.quality.names.mentions import NameInText, names_of
from publishing.richtext.document import parse, serialize
from publishing.richtext.reading import Piece, TextBlocks


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
    piece = cast(Piece, block.piece_with(start, start + len(item.words)))  # a free name is in one piece
    before, after = piece.words[: start - piece.start], _rest(piece)[start - piece.start + len(item.words) :]
    link = piece.element.makeelement("a", {"href": f"ref:{item.names[0].ref}"})
    link.text, link.tail = item.words, after
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

"""Making names of a body lead to their records."""

from publishing.quality.names.lexicon import Lexicon
from publishing.quality.names.mentions import NameInText, names_of
from publishing.richtext.document import parse, serialize
from publishing.richtext.reading import Piece, Reading


def link_certain(html: str, lexicon: Lexicon, ignored=frozenset()) -> tuple[str, list[NameInText]]:
    """Return a cleaned body in which each name that is certain is linked, once in each section, and what was linked."""
    tree = parse(html)
    reading = Reading(tree)
    linked = [item for item in names_of(reading, lexicon, ignored) if item.may_be_linked and item.is_first]
    for item in reversed(linked):  # so that places before it stay where they are
        _link(reading, item)
    return (serialize(tree) if linked else html), linked


def _link(reading: Reading, item: NameInText):
    block, start = reading.block_at(item.place)
    piece = block.piece_with(start, start + len(item.words))
    before, after = piece.words[: start - piece.start], _rest(piece)[start - piece.start + len(item.words) :]
    link = piece.element.makeelement("a", {"href": f"ref:{item.name.ref}"})
    link.text, link.tail = item.words, after
    if piece.is_tail:
        piece.element.tail = before
        parent = piece.element.getparent()
        parent.insert(parent.index(piece.element) + 1, link)
    else:
        piece.element.text = before
        piece.element.insert(0, link)


def _rest(piece: Piece) -> str:
    """What still stands in the place of a piece: links that come later have taken the end of it away."""
    return (piece.element.tail if piece.is_tail else piece.element.text) or ""

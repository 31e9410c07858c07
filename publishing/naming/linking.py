"""Making names of a body lead to their records."""

from django.core.exceptions import ValidationError

from publishing.naming.lexicon import Lexicon
from publishing.naming.mentions import NameInText, names_of
from publishing.richtext.document import parse, serialize
from publishing.richtext.reading import Piece, Reading

CHANGED = "“{words}” does not stand there any more. Look at the list again."


def link_certain(html: str, lexicon: Lexicon, ignored=frozenset()) -> tuple[str, list[NameInText]]:
    """Return a cleaned body in which each name that is certain is linked, once in each section, and what was linked."""
    tree = parse(html)
    reading = Reading(tree)
    linked = [item for item in names_of(reading, lexicon, ignored) if item.may_be_linked and item.is_first]
    for item in reversed(linked):  # so that places before it stay where they are
        _put(reading, item.place, item.words, item.words, item.name.ref)
    return (serialize(tree) if linked else html), linked


def with_words(html: str, words: str, nth: int, put: str, ref: str = "") -> str:
    """Return a cleaned body in which `put` stands in the place of `words`, where they stand for the `nth` time, and
    leads to `ref` if that is given. Raises ValidationError where they do not stand so."""
    tree = parse(html)
    reading = Reading(tree)
    place = reading.place(words, nth) if words else None
    if place is None or not _put(reading, place, words, put, ref):
        raise ValidationError(CHANGED.format(words=words))
    return serialize(tree)


def _put(reading: Reading, place: int, words: str, put: str, ref: str) -> bool:
    block, start = reading.block_at(place)
    piece = block.piece_with(start, start + len(words))
    is_linked = block.link_at(start, start + len(words)) is not None
    if piece is None or (ref and (block.is_closed or is_linked)):
        return False
    before, after = piece.words[: start - piece.start], _rest(piece)[start - piece.start + len(words) :]
    if not ref:
        _write(piece, f"{before}{put}{after}")
        return True
    link = piece.element.makeelement("a", {"href": f"ref:{ref}"})
    link.text, link.tail = put, after
    _write(piece, before)
    if piece.is_tail:
        parent = piece.element.getparent()
        parent.insert(parent.index(piece.element) + 1, link)
    else:
        piece.element.insert(0, link)
    return True


def _rest(piece: Piece) -> str:
    """What still stands in the place of a piece: links that come later have taken the end of it away."""
    return (piece.element.tail if piece.is_tail else piece.element.text) or ""


def _write(piece: Piece, words: str):
    if piece.is_tail:
        piece.element.tail = words
    else:
        piece.element.text = words

"""The sentence around each mention of a record in a body."""

from dataclasses import dataclass

from publishing.richtext.document import Mention, words_of
from publishing.richtext.reading import MentionInText, TextBlocks
from publishing.richtext.sentences import sentence_at, shortened
from publishing.richtext.table_element import ATTRIBUTE


@dataclass(frozen=True)
class MentionInSentence:
    """A mention with its sentence. `table` is the caption of the comparison table around it, or ""."""

    mention: Mention
    sentence: str
    table: str


def mentions_with_sentences(html: str) -> list[MentionInSentence]:
    """Return the mentions of a cleaned body in text order, each link and image once."""
    found = TextBlocks.of(html).mentioned if "ref:" in html or "fact:" in html else ()
    return [MentionInSentence(item.mention, *_place(item)) for item in found]


def _place(item: MentionInText) -> tuple[str, str]:
    row = next(item.element.iterancestors("tr"), None)
    table = next((one for one in item.element.iterancestors("table") if one.get(ATTRIBUTE)), None)
    if row is not None and table is not None:
        caption = table.find("caption")
        caption = (words_of(caption) if caption is not None else "") or "without a caption"
        return f"Table “{caption}”, row {words_of(row[0])}", caption
    # The words of its note, or else those of its block without notes.
    pieces = [piece for piece in item.block.pieces if piece.place.note == item.note]
    words = " ".join("".join(piece.words for piece in pieces).split())
    before = "".join(piece.words for piece in pieces if piece.start < item.start)
    place = len(" ".join(f"{before}·".split())) - 1
    return shortened(sentence_at(words, place)) or item.mention.words, ""

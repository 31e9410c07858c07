"""Extract the author's own words of a text, sentence by sentence.

Quotations, code, notes (they cite sources with their dates) and questions are left out, as are values of facts and rows
of tables that come from the catalogue, since those are always current.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publishing.richtext.reading import Block, TextBlocks
from publishing.richtext.sentences import sentences

# Private-use characters: around text that is shown but not searched, such as a fact, and in its place.
BEGIN, END, UNSEEN = "\ue001", "\ue002", "\ue003"
BOUND = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
QUOTED = re.compile(r"“[^”]*(?:”|$)|„[^“”]*(?:[“”]|$)|«[^»]*(?:»|$)|\"[^\"]*\"")
REST_OF_QUOTATION = re.compile(r"[^“]*?”")
HYPHENS = re.compile("[‐‑]")


@dataclass(frozen=True)
class Sentence:
    """`words` is what readers see, `own` the author's part of it; the block is number `index` among those with
    `tag`."""

    words: str
    own: str
    tag: str = ""
    index: int = 0


def sentences_of_text(text: str) -> Iterator[Sentence]:
    """Yield the sentences of plain text."""
    for words in sentences(_in_one_line(text)):
        if not words.endswith("?"):
            yield Sentence(words, _own(words))


def sentences_of_html(html: str) -> Iterator[Sentence]:
    """Yield the sentences of a cleaned body, block by block."""
    for block in TextBlocks.of(html).blocks if html else ():
        if not (block.is_quoted or block.place.is_code or block.place.is_from_catalogue):
            yield from _sentences_of_block(block)


def _sentences_of_block(block: Block) -> Iterator[Sentence]:
    is_quoting = False
    for marked in sentences(_in_one_line("".join(_said(block)))):
        own = BOUND.sub(UNSEEN, marked)
        if is_quoting:
            own, ended = REST_OF_QUOTATION.subn(UNSEEN, own, count=1)
            if not ended:
                continue
        is_quoting = own.rfind("“") > own.rfind("”")
        words = marked.replace(BEGIN, "").replace(END, "")
        if not words.endswith("?"):
            yield Sentence(words, _own(own), block.place.tag, block.place.index)


def _said(block: Block) -> Iterator[str]:
    """Yield the words of a block without its notes; code and values of facts are marked."""
    for piece in block.pieces:
        if not piece.place.note:
            is_marked = piece.place.is_code or piece.place.fact
            yield f"{BEGIN}{piece.words}{END}" if is_marked else piece.words


def _in_one_line(text: str) -> str:
    return " ".join(HYPHENS.sub("-", text).split())


def _own(words: str) -> str:
    return QUOTED.sub(UNSEEN, words)

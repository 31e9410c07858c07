"""What a text says in its author's own words, sentence by sentence.

Left out is what she quotes, code, notes (they name sources, each with its day), questions, and the values of facts and
rows of tables that the catalogue says, which are those of the day on which one reads.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publishing.richtext.reading import Block, Reading
from publishing.richtext.sentences import sentences

# Of private use: around what is shown and not looked at, as a fact, and in its place.
BEGIN, END, UNSEEN = "\ue001", "\ue002", "\ue003"
BOUND = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
QUOTED = re.compile(r"“[^”]*(?:”|$)|„[^“”]*(?:[“”]|$)|«[^»]*(?:»|$)|\"[^\"]*\"")
REST_OF_QUOTATION = re.compile(r"[^“]*?”")
HYPHENS = re.compile("[‐‑]")


@dataclass(frozen=True)
class Sentence:
    """`words` is what readers see, `own` what of it is the author's; the block is the one `index` among its `tag`."""

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
    """Yield the sentences of a cleaned body, a block after the other."""
    for block in Reading.of(html).blocks if html else ():
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
    """The words of a block without its notes; code and values of facts are marked."""
    for piece in block.pieces:
        if not piece.place.note:
            is_marked = piece.place.is_code or piece.place.fact
            yield f"{BEGIN}{piece.words}{END}" if is_marked else piece.words


def _in_one_line(text: str) -> str:
    return " ".join(HYPHENS.sub("-", text).split())


def _own(words: str) -> str:
    return QUOTED.sub(UNSEEN, words)

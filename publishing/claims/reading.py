"""What a text says in its author's own words, sentence by sentence.

Left out is what she quotes, code, notes (they name sources, each with its day), questions, and the values of facts and
rows of tables that the catalogue says, which are those of the day on which one reads.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from publishing.richtext.comparison import ATTRIBUTE
from publishing.richtext.document import BLOCKS, mention, parse
from publishing.richtext.sentences import sentences

# Of private use: around what is shown and not looked at, as a fact, and in its place.
BEGIN, END, UNSEEN = "\ue001", "\ue002", "\ue003"
PASSED_OVER = {"pre", "code", "blockquote", "small"}
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
    if not html:
        return
    tree = parse(html)
    yield from _sentences_of_block("".join(_said(tree)), "", 0)  # what stands in no block
    places = Counter()
    for block in tree.iter(*BLOCKS):
        index, places[block.tag] = places[block.tag], places[block.tag] + 1
        yield from _sentences_of_block("".join(_said(block)), block.tag, index)


def _sentences_of_block(said: str, tag: str, index: int) -> Iterator[Sentence]:
    is_quoting = False
    for marked in sentences(_in_one_line(said)):
        own = BOUND.sub(UNSEEN, marked)
        if is_quoting:
            own, ended = REST_OF_QUOTATION.subn(UNSEEN, own, count=1)
            if not ended:
                continue
        is_quoting = own.rfind("“") > own.rfind("”")
        words = marked.replace(BEGIN, "").replace(END, "")
        if not words.endswith("?"):
            yield Sentence(words, _own(own), tag, index)


def _said(element) -> Iterator[str]:
    """The words of an element, without those of blocks inside it and of what is passed over."""
    if element.tag in PASSED_OVER or any(_is_others(parent, element) for parent in element.iterancestors()):
        return
    yield element.text or ""
    for child in element:
        if child.tag in BLOCKS:
            yield " "
        elif child.tag == "small":
            pass
        elif child.tag == "code" or _is_fact(child):
            yield f"{BEGIN}{''.join(child.itertext())}{END}"
        else:
            yield from _said(child)
        yield child.tail or ""


def _is_others(parent, element) -> bool:
    """Whether what stands inside `parent` is not said by the author. Of a table she says the caption."""
    return parent.tag in PASSED_OVER or (ATTRIBUTE in parent.attrib and element.tag != "caption")


def _is_fact(link) -> bool:
    item = mention(link.get("href"))
    return bool(item and item.fact)


def _in_one_line(text: str) -> str:
    return " ".join(HYPHENS.sub("-", text).split())


def _own(words: str) -> str:
    return QUOTED.sub(UNSEEN, words)

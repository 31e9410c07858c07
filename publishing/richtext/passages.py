"""The sentence around each mention of a record in a body."""

from dataclasses import dataclass

from publishing.richtext.comparison import ATTRIBUTE
from publishing.richtext.document import Mention, mention, parse, words_of
from publishing.richtext.schema import BLOCKS
from publishing.richtext.sentences import sentence_at, shortened

PLACE = "\ue000"  # of private use: no text holds it


@dataclass(frozen=True)
class Mentioned:
    """`table` is the caption of the comparison table in which it stands, which `sentence` then names; else ""."""

    mention: Mention
    sentence: str
    table: str


def mentions_with_sentences(html: str) -> list[Mentioned]:
    """Return what a cleaned body mentions, in the order of the text, each link and picture once."""
    found = []
    tree = parse(html) if "ref:" in html or "fact:" in html else ()
    for link in list(tree.iter("a", "img")) if len(tree) else ():
        is_link = link.tag == "a"
        words = " ".join(link.text_content().split()) if is_link else link.get("alt") or ""
        if item := mention(link.get("href" if is_link else "src"), words):
            found.append(Mentioned(item, *_place(link, words)))
    return found


def _place(link, words: str) -> tuple[str, str]:
    if caption := _compared_in(link):
        first = next(link.iterancestors("tr"))[0]
        return f"Table “{caption}”, row {words_of(first)}", caption
    block = next((parent for parent in link.iterancestors() if parent.tag in BLOCKS), None)
    return (words if block is None else shortened(_sentence(block, link))), ""


def _compared_in(link) -> str:
    """The caption of the comparison table in which a link stands."""
    table = next((parent for parent in link.iterancestors("table") if parent.get(ATTRIBUTE)), None)
    if table is None or next(link.iterancestors("tr"), None) is None:
        return ""
    caption = table.find("caption")
    return (words_of(caption) if caption is not None else "") or "without a caption"


def _sentence(block, link) -> str:
    """The sentence of a block around a link; of a note the whole note."""
    note = next((parent for parent in link.iterancestors("small")), None)
    text, link.text = link.text, f"{PLACE}{link.text or ''}"
    words = " ".join(note.text_content().split()) if note is not None else words_of(block)
    link.text = text
    before, _, after = words.partition(PLACE)
    words = before + after
    return sentence_at(words, len(before))

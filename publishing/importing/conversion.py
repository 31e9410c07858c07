"""Convert external HTML to a body of this site; files and pasted text all pass through here."""

from dataclasses import dataclass

from lxml.html import HtmlElement

from publishing.content.permissions import AnyUser
from publishing.images.models import Image
from publishing.importing.blocks import level_of, new_element
from publishing.importing.html_reader import HtmlReader
from publishing.importing.markup import SCRIPT, tree_of
from publishing.importing.notes import gather_notes
from publishing.importing.pictures import Pictures
from publishing.importing.report import Report
from publishing.richtext import clean
from publishing.richtext.document import serialize, words_of
from publishing.richtext.embeds import EMBED, embed_of

DEEPEST = 4


@dataclass(frozen=True)
class ImportedText:
    """A cleaned body, the words of its title, and the report for the editor. `is_titled`: the title was marked as such
    in the text; otherwise it is the first heading, if any. `pictures` are the new images."""

    html: str
    title: str
    report: Report
    is_titled: bool = False
    pictures: tuple[Image, ...] = ()

    @property
    def lines(self) -> list[str]:
        return self.report.lines(self.html)


def convert_fragment(html: str, user: AnyUser, report: Report | None = None) -> ImportedText:
    """Convert pasted content, a part that is inserted into another text."""
    report = report or Report()
    blocks = _blocks(html, report, Pictures(user, report, "pasted text"))
    highest = min((level_of(block) for block in blocks if level_of(block)), default=2)
    for block in blocks:
        if block.tag == "title":
            block.tag = "h2"
        elif level := level_of(block):
            block.tag = f"h{min(level + (highest == 1), DEEPEST)}"
    return ImportedText(_cleaned(blocks, report), "", report)


def convert_document(html: str, user: AnyUser, source: str, report: Report) -> ImportedText:
    """Convert a whole text. Its title is the block marked as such, else the only h1; the remaining headings start at h2
    and skip no level."""
    pictures = Pictures(user, report, source)
    blocks = _blocks(html, report, pictures)
    first_level = [block for block in blocks if level_of(block) == 1]
    titles = [block for block in blocks if block.tag == "title"] or (first_level if len(first_level) == 1 else [])
    title = words_of(titles[0]) if titles else ""
    blocks = [block for block in blocks if block not in titles[:1]]
    last = 1
    highest = min((level_of(block) for block in blocks if level_of(block)), default=2)
    for block in blocks:
        if block.tag == "title":
            block.tag = "p"
        elif level := level_of(block):
            last = min(level - highest + 2, last + 1, DEEPEST)
            block.tag = f"h{last}"
    html = _cleaned(blocks, report)
    best_title = title or (words_of(first_level[0]) if first_level else "")
    return ImportedText(html, best_title, report, bool(title), tuple(pictures.stored))


def _blocks(html: str, report: Report, pictures: Pictures) -> list:
    report.say("embedded", len(SCRIPT.findall(html)))
    tree = tree_of(html)
    gather_notes(tree)
    return [_embed_or(block) for block in HtmlReader(report, pictures).read(tree)]


def _embed_or(block: HtmlElement) -> HtmlElement:
    """Return an embed for a paragraph that is only the address of a video or board, else the block itself."""
    embed_value = embed_of(words_of(block)) if block.tag == "p" else ""
    return new_element("figure", **{EMBED: embed_value}) if embed_value else block


def _cleaned(blocks: list, report: Report) -> str:
    html = serialize(new_element("div", *blocks))
    cleaned = clean(html)
    if (lost := html.count("<a href=") - cleaned.count("<a href=")) > 0:
        report.say("link", lost)
    return cleaned

"""The elements of rich text in one table: their content, attributes, and counterparts in other formats."""

from dataclasses import dataclass

from publishing.richtext.embeds import EMBED
from publishing.richtext.table_element import ATTRIBUTE as COMPARISON

SNIPPET = "data-snippet"  # the attribute of an element that shows a snippet: publishing/richtext/snippets.py
WORDS, PLAIN_WORDS, BLOCKS_INSIDE, NOTHING = "words", "words without notes", "blocks", "nothing"


@dataclass(frozen=True)
class Element:
    """An allowed element. `markdown` is written before its words; for inline elements also after them.

    `editor` names the editor's extension; `elsewhere` are tags with the same meaning in HTML from other programs.
    """

    tag: str
    holds: str = WORDS
    is_block: bool = True
    attributes: tuple[str, ...] = ()
    markdown: str = ""
    editor: str = ""
    elsewhere: tuple[str, ...] = ()


def _inline(tag: str, editor: str, **values) -> Element:
    return Element(tag, is_block=False, editor=editor, **values)


_PARAGRAPHS_ELSEWHERE = (
    *("div", "center", "address", "details", "summary", "main", "article", "section", "header", "footer"),
    *("hgroup", "dl", "dt", "dd"),
)
ELEMENTS = (
    Element("p", editor="Paragraph", elsewhere=_PARAGRAPHS_ELSEWHERE),
    Element("h2", PLAIN_WORDS, attributes=("id",), markdown="## ", editor="AnchoredHeading"),
    Element("h3", PLAIN_WORDS, attributes=("id",), markdown="### ", editor="AnchoredHeading"),
    Element("h4", PLAIN_WORDS, attributes=("id",), markdown="#### ", editor="AnchoredHeading"),
    Element("ul", BLOCKS_INSIDE, editor="BulletList"),
    Element("ol", BLOCKS_INSIDE, attributes=("start",), editor="OrderedList"),
    Element("li", BLOCKS_INSIDE, editor="ListItem"),
    Element("blockquote", BLOCKS_INSIDE, markdown="> ", editor="Blockquote"),
    Element("aside", BLOCKS_INSIDE, attributes=("data-kind",), editor="Callout"),
    Element("pre", PLAIN_WORDS, editor="CodeBlock"),
    Element("hr", NOTHING, markdown="---", editor="HorizontalRule"),
    Element("figure", BLOCKS_INSIDE, attributes=("data-width", EMBED, SNIPPET), editor="Figure"),
    Element("img", NOTHING, attributes=("src", "alt"), editor="Picture"),
    Element("figcaption", editor="FigureCaption"),
    Element("table", BLOCKS_INSIDE, attributes=(COMPARISON,), editor="CaptionedTable"),
    Element("caption", editor="TableCaption"),
    Element("tbody", BLOCKS_INSIDE, editor="TableRows"),
    Element("tr", BLOCKS_INSIDE, editor="TableRow"),
    Element("th", BLOCKS_INSIDE, attributes=("scope", "colspan", "rowspan"), editor="TableHeader"),
    Element("td", BLOCKS_INSIDE, attributes=("colspan", "rowspan"), editor="TableCell"),
    _inline("a", "RecordLink", holds=PLAIN_WORDS, attributes=("href",)),
    _inline("strong", "Bold", markdown="**", elsewhere=("b",)),
    _inline("em", "Italic", markdown="_", elsewhere=("i", "cite", "dfn", "var")),
    _inline("code", "InlineCode", elsewhere=("kbd", "samp", "tt")),
    _inline("small", "Note", holds=PLAIN_WORDS),
    _inline("br", "HardBreak", holds=NOTHING),
)
TAGS = frozenset(element.tag for element in ELEMENTS)
ATTRIBUTES = {element.tag: set(element.attributes) for element in ELEMENTS if element.attributes}
BLOCKS = frozenset(element.tag for element in ELEMENTS if element.is_block)
INLINE = TAGS - BLOCKS
HEADINGS = tuple(element.tag for element in ELEMENTS if element.editor == "AnchoredHeading")
EMPTY = frozenset(element.tag for element in ELEMENTS if element.holds == NOTHING)
WITHOUT_NOTES = frozenset(element.tag for element in ELEMENTS if element.holds == PLAIN_WORDS)
MARKDOWN = {element.tag: element.markdown for element in ELEMENTS if element.markdown}
# The allowed element for each tag, including tags from elsewhere.
MEANT = {tag: element.tag for element in ELEMENTS for tag in (element.tag, *element.elsewhere)}
# Callouts by the value of `data-kind`, and widths of figures beyond the text's by that of `data-width`.
CALLOUTS = {"note": "Note", "tip": "Tip", "warning": "Warning"}
WIDTHS = {"wide": "Wide", "full": "Full width"}
EDITOR_NODES = tuple(dict.fromkeys(element.editor for element in ELEMENTS))

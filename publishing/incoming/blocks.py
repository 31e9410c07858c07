"""A text from elsewhere as plain blocks: what is left of it once its looks are gone, and the HTML of that."""

import re
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

BREAK = "\n"
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]*[ \t\r\n\f]+[ \t\r\n\f\u00a0]*|\u00a0{2,}")
_EDGE = " \t\r\n\f\u00a0"


@dataclass(frozen=True)
class Marks:
    """What is said of words inside a block. `note` numbers the note that they belong to; 0: none."""

    note: int = 0
    href: str = ""
    bold: bool = False
    italic: bool = False
    code: bool = False


@dataclass(frozen=True)
class Marker:
    """What an office program writes before a paragraph that it shows as an entry of a list. `level` begins at 1."""

    level: int
    is_ordered: bool
    number: int = 1


@dataclass
class Block:
    """A piece of a text by its tag of HTML, "title" for that of a whole document. Either `runs` (pairs of words and
    Marks) or `children`."""

    tag: str
    runs: list = field(default_factory=list)
    children: list["Block"] = field(default_factory=list)
    attributes: dict = field(default_factory=dict)
    marker: Marker | None = None
    is_caption: bool = False

    @property
    def words(self) -> str:
        own = "".join(" " if text == BREAK else text for text, marks in self.runs if not marks.note)
        return " ".join([own, *(child.words for child in self.children)]).replace("\u00a0", " ").strip()

    @property
    def level(self) -> int:
        """Of a heading; 0 for anything else."""
        return int(self.tag[1]) if re.fullmatch("h[1-6]", self.tag) else 0

    def every(self):
        """This block and all inside it."""
        yield self
        for child in self.children:
            yield from child.every()

    def is_bold(self) -> bool:
        """Whether all its words are, and it has some."""
        runs = [(text, marks) for block in self.every() for text, marks in block.runs if text.strip(_EDGE)]
        return bool(runs) and all(marks.bold for _, marks in runs)


def tidy_runs(runs: list, is_title: bool = False) -> list:
    """Runs without spaces at the edges or double ones, without breaks at the edges; `is_title`: without bold."""
    kept = []
    for text, marks in runs:
        text = text if text == BREAK else _SPACES.sub(" ", text)
        if kept and kept[-1][1].note and kept[-1][1].note != marks.note:
            kept[-1] = (kept[-1][0].rstrip(_EDGE), kept[-1][1])  # before the way back to the sign
        if kept and not kept[-1][0]:
            kept.pop()
        starts_note = marks.note and (not kept or kept[-1][1].note != marks.note)
        if text != BREAK and (starts_note or (kept and kept[-1][0][-1] in " \n")):
            text = text.lstrip(" ")
        if text:
            kept.append((text, Marks(marks.note, marks.href, False, marks.italic, marks.code) if is_title else marks))
    while kept and not kept[0][0].strip(_EDGE):
        kept.pop(0)
    while kept and not kept[-1][0].strip(_EDGE):
        kept.pop()
    if kept:
        kept[0] = (kept[0][0].lstrip(_EDGE), kept[0][1])
        kept[-1] = (kept[-1][0].rstrip(_EDGE), kept[-1][1])
    return kept


def html_of(blocks: list[Block]) -> str:
    return "".join(map(_html, blocks))


def _html(block: Block) -> str:
    if block.tag == "hr":
        return "<hr>"
    if block.tag == "img":
        return f'<img src="{escape(block.attributes["src"])}" alt="{escape(block.attributes["alt"])}">'
    if block.tag == "pre":
        return f"<pre><code>{escape(''.join(text for text, _ in block.runs))}</code></pre>"
    attributes = "".join(f' {name}="{escape(str(value))}"' for name, value in block.attributes.items())
    is_title = bool(block.level) or block.tag == "caption"
    inside = _html_of_runs(tidy_runs(block.runs, is_title)) + html_of(block.children)
    return f"<{block.tag}{attributes}>{inside}</{block.tag}>"


TAGS = [("note", "small"), ("href", "a"), ("bold", "strong"), ("italic", "em"), ("code", "code")]


def _html_of_runs(runs: list, names=tuple(TAGS)) -> str:
    """Each mark around as many words as it can: words of one link are one link."""
    if not names:
        return "".join("<br>" if text == BREAK else escape(text, quote=False) for text, _ in runs)
    (name, tag), rest = names[0], names[1:]
    pieces = []
    for value, group in groupby(runs, key=lambda run: getattr(run[1], name)):
        inside = _html_of_runs(list(group), rest)
        address = f' href="{escape(value)}"' if name == "href" else ""
        pieces.append(f"<{tag}{address}>{inside}</{tag}>" if value else inside)
    return "".join(pieces)

"""The holes of a body: the places that depend on other records or on the surrounding page."""

from itertools import groupby

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from publishing.rendering.parts import hole
from publishing.richtext.document import mention
from publishing.richtext.reading import Piece, TextBlocks
from publishing.richtext.schema import HEADINGS
from publishing.richtext.table_element import ATTRIBUTE

# Approximate values from css/components/notes.css; heights in lines of the text.
TEXT_LINE = 68  # characters
HEIGHTS = dict.fromkeys(["p", "li"], 0.6) | dict.fromkeys([*HEADINGS, "tr", "pre"], 1.5) | {"img": 8}
OUTSIDE = ("http:", "https:")


class Holes:
    """The holes of a body's tree, by element. `specs` describe, by number, how each hole is filled:

        path, URL
        link, kind, key, fact, wording, has a mark, is a value in a table, height
        words, kind, key, fact, wording
        note, its index in `notes`
        picture, key, alt text
        figure, keys
        credit, keys, what is before it
        anchor, its index in `headings`
        code
        table, attribute value, height

    `notes` are tuples of an element, the URL if it is a link to a source, and a height; `height` is that of the whole
    body.
    """

    def __init__(self, tree, reading: TextBlocks):
        self.specs: list[list] = []
        self.notes: list[tuple] = []
        self.tables: list[str] = []  # attribute values
        self.headings: list[tuple] = []  # element, words with holes
        self.captions: dict = {}  # words with holes, by element
        self.height = 0.0
        self._numbers: dict = {}
        self._sources: dict[str, int] = {}
        self._blocks = {}
        for block in reading.blocks:
            self._blocks.setdefault((block.place.tag, block.place.index), block)
        self._find_all(tree)

    def of(self, *key, insides: tuple[str, ...] = ("",)) -> str:
        """Return the hole of an element, or its hole with a name; "" if there is none."""
        number = self._numbers.get(key)
        return "" if number is None else hole(number, *insides)

    def words(self, runs) -> str:
        """Return the text of Reading pieces and strings, with holes for facts."""
        said = []
        for fact, pieces in groupby(runs, lambda run: run.place.fact if isinstance(run, Piece) else None):
            words = "".join(piece if isinstance(piece, str) else piece.words for piece in pieces)
            if fact:
                if (id(fact),) not in self._numbers:
                    self._add((id(fact),), "words", fact.label, fact.pk, fact.fact, fact.wording)
                words = self.of(id(fact), insides=(words,))
            said.append(words)
        return "".join(said)

    def words_of_block(self, element, index: int) -> str:
        """Return the words of a block without its notes, in one line."""
        block = self._blocks.get((element.tag, index))
        return " ".join(self.words(piece for piece in block.pieces if not piece.place.note).split()) if block else ""

    def _add(self, key: tuple, *spec):
        self._numbers[key] = len(self.specs)
        self.specs.append(list(spec))

    def _find_all(self, tree: HtmlElement):
        depth, counts = 0, {}
        for event, element in iterwalk(tree, events=("start", "end")):
            tag, is_start = str(element.tag), event == "start"
            if tag == "small":
                depth += 1 if is_start else -1
            if is_start:
                words = element.text or ""
                lines = words.count("\n") if tag == "code" else 0
                self.height += 0 if depth else HEIGHTS.get(tag, 0) + lines + len(words) / TEXT_LINE
                if tag in HEADINGS or tag == "caption":
                    self._named(element, counts.setdefault(tag, 0))
                    counts[tag] += 1
            else:
                self._find(element, is_in_note=depth > 0)
                self.height += 0 if depth else len(element.tail or "") / TEXT_LINE

    def _named(self, element, index: int):
        """Record the words of a heading, which gets an anchor, or of a caption, which labels the frame of its table."""
        words = self.words_of_block(element, index)
        if element.tag == "caption":
            self.captions[element] = words
        elif words:
            self._add((element,), "anchor", len(self.headings))
            self.headings.append((element, words))

    def _find(self, element, is_in_note: bool):
        match element.tag:
            case "a":
                self._find_link(element, is_in_note)
            case "img":
                if is_local(element):
                    self._add((element,), "path", element.get("src"))
                else:
                    self._add((element,), "picture", _key_of(element), element.get("alt") or "")
            case "figure":
                self._find_figure(element)
            case "small":
                self._add((element,), "note", self._note(element, ""))
            case "pre":
                self._add((element,), "code")
            case "table" if ATTRIBUTE in element.attrib and next(element.iterancestors("table"), None) is None:
                self.tables.append(element.get(ATTRIBUTE))
                self._add((element,), "table", element.get(ATTRIBUTE), self.height)

    def _find_link(self, link, is_in_note: bool):
        address = link.get("href") or ""
        if item := mention(address):
            around = [parent.tag for parent in link.iterancestors()]
            has_mark = bool(item.fact) and not is_in_note and not any(tag in HEADINGS for tag in around)
            is_value = "td" in around and any(ATTRIBUTE in table.attrib for table in link.iterancestors("table"))
            target = item.label, item.pk, item.fact, item.wording
            self._add((link,), "link", *target, has_mark, is_value, self.height)
        elif address.startswith("/"):
            self._add((link,), "path", address)
        elif is_outside(address) and not is_in_note and link.text_content().strip():
            if address not in self._sources:
                self._sources[address] = self._note(link, address)
            self._add((link, "mark"), "note", self._sources[address])

    def _find_figure(self, figure):
        pictures = list(figure.iter("img"))
        keys = [_key_of(picture) for picture in pictures if not is_local(picture)]
        # A figure with an image that is not a record is always shown.
        self._add((figure,), "figure", keys if len(keys) == len(pictures) else [])
        if keys:
            caption = figure.find("figcaption")
            before = "caption" if caption is None else "words" if len(caption) or caption.text else ""
            self._add((figure if caption is None else caption, "credit"), "credit", keys, before)

    def _note(self, element, address: str) -> int:
        self.notes.append((element, address, self.height))
        return len(self.notes) - 1


def is_local(picture) -> bool:
    """Return whether the `src` of an image element is a path of this site, not a record."""
    return (picture.get("src") or "").startswith("/")


def _key_of(picture) -> int:
    """Return the key of the image's record, 0 without one."""
    item = mention(picture.get("src"))
    return item.pk if item else 0


def is_outside(address: str) -> bool:
    return address.lower().startswith(OUTSIDE)

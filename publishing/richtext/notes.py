"""Notes and sources: taken out of the running text, numbered, and listed at its end. CSS sets them beside it."""

import re
from urllib.parse import urlsplit

from django.utils.formats import date_format
from lxml.etree import iterwalk

from publishing.facts import FactSource

# How many notes static/css/components/notes.css can set beside the text; the others stay at its end.
BESIDE_LIMIT = 60
SHOWN_ADDRESS_LIMIT = 60
# By css/components/notes.css, of the text and of the notes beside it, about; heights in lines of the text.
TEXT_LINE, NOTE_LINE = 68, 26  # letters
NOTE_GAP, NOTE_LINE_HEIGHT, ABOUT_HEIGHT = 0.9, 0.85, 8
# What an element adds to its words.
HEIGHTS = dict.fromkeys(["p", "li"], 0.6) | dict.fromkeys(["h2", "h3", "h4", "tr", "pre"], 1.5) | {"img": 8}
SOURCE = "data-source"  # on a fact while its page is made: the key of its source


class Notes:
    """Numbers the notes of all bodies of a page. Ids have a colon, which no heading's anchor has."""

    def __init__(self):
        self.count = 0

    def take_out(self, tree, fact_sources: dict[str, FactSource]):
        """Replace each note of `tree`, and follow each link to another site and each fact, by a number that leads to
        the list that is added at the end. An address that is linked to twice is listed once, and so is a source."""
        items, sources = [], {}
        for element in [found for found in tree.iter("small", "a") if not list(found.iterancestors("small"))]:
            if element.tag == "small":
                number = self._next(items, _moved_paragraph(element))
                element.addprevious(_mark(tree, number, 1))
                _remove_keeping_tail(element)
                continue
            cited = fact_sources.get(element.attrib.pop(SOURCE, ""))
            is_outside = element.get("rel") and element.text_content().strip()
            if cited or is_outside:
                key = (SOURCE, cited.key) if cited else element.get("href")
                if key not in sources:
                    paragraph = source_in_words(element, cited) if cited else _source(element)
                    sources[key] = [self._next(items, paragraph), 0]
                sources[key][1] += 1
                mark = _mark(tree, *sources[key])
                mark.tail, element.tail = element.tail, None
                element.addnext(mark)
        if items:
            tree.append(_list_of(tree, items))

    def _next(self, items, paragraph) -> int:
        self.count += 1
        items.append((self.count, paragraph))
        return self.count


def _remove_keeping_tail(element):
    parent, before = element.getparent(), element.getprevious()
    before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)


def _moved_paragraph(note):
    paragraph = note.makeelement("p", {})
    paragraph.text = note.text
    paragraph.extend(list(note))
    return paragraph


def _source(link):
    """A paragraph that says in print, too, where a link leads."""
    paragraph = link.makeelement("p", {})
    address = link.get("href")
    copy = link.makeelement("a", {"href": address, "rel": "noopener"})
    parts = urlsplit(address)
    shown = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
    if len(shown) > SHOWN_ADDRESS_LIMIT:
        shown = f"{shown[: SHOWN_ADDRESS_LIMIT - 1]}…"
    copy.text, *steps = re.split(r"(?<=/)|(?=\.)", shown)
    for step in steps:  # in a narrow column the address goes on in the next line after a slash or before a dot
        chance = link.makeelement("wbr", {})
        chance.tail = step
        copy.append(chance)
    paragraph.append(copy)
    return paragraph


def source_in_words(place, source: FactSource):
    """A paragraph that names the page that says so, whose it is, and the day on which it was read."""
    paragraph = place.makeelement("p", {})
    said = f"{source.publisher}: " if source.publisher and source.publisher not in source.title else ""
    read = f", read on {date_format(source.read_on, 'j F Y')}{f'; {source.remark}' if source.remark else ''}"
    if source.url:
        link = paragraph.makeelement("a", {"href": source.url, "rel": "noopener"})
        link.text, link.tail = source.title, read
        paragraph.text = said
        paragraph.append(link)
    else:
        paragraph.text = f"{said}{source.title}{read}"
    return paragraph


def _back(number: int, time: int) -> str:
    return f"fnref:{number}" if time == 1 else f"fnref:{number}-{time}"


def _mark(tree, number: int, time: int):
    """The number in the text. The first one of a note is what the note stands beside."""
    is_first = time == 1 and number <= BESIDE_LIMIT
    mark = tree.makeelement("sup", {"class": f"noteref noteref--{number}" if is_first else "noteref"})
    link = tree.makeelement("a", {"href": f"#fn:{number}", "id": _back(number, time), "role": "doc-noteref"})
    link.set("aria-label", f"Note {number}")
    link.text = str(number)
    mark.append(link)
    return mark


def _list_of(tree, items):
    name = "notes" if _fit_beside(tree, items) else "notes notes--below"
    section = tree.makeelement("section", {"class": name, "role": "doc-endnotes", "aria-label": "Notes and sources"})
    title = tree.makeelement("p", {"class": "notes__title"})
    title.text = "Notes and sources"
    section.append(title)
    for number, paragraph in items:
        is_beside = number <= BESIDE_LIMIT
        paragraph.set("class", f"note note--{number}" if is_beside else "note")
        paragraph.set("id", f"fn:{number}")
        paragraph.set("role", "doc-footnote")
        label = tree.makeelement("span", {"class": "note__number"})
        label.text, label.tail = str(number), f" {paragraph.text or ''}"
        paragraph.text = None
        paragraph.insert(0, label)
        last = paragraph[-1]
        last.tail = f"{(last.tail or '').rstrip()} "
        back = tree.makeelement("a", {"class": "note__back", "href": f"#{_back(number, 1)}", "role": "doc-backlink"})
        back.set("aria-label", f"Back to the text at note {number}")
        back.text = "↩"
        paragraph.append(back)
        section.append(paragraph)
    return section


def _fit_beside(tree, items) -> bool:
    """Whether the text is long enough for its notes to stand beside it, each below the one before, without ending
    below it and upon what follows there."""
    places, height = {}, 0.0
    for event, element in iterwalk(tree, events=("start", "end")):
        if event == "end":
            height += len(element.tail or "") / TEXT_LINE
            continue
        words = element.text or ""
        lines = words.count("\n") if element.tag == "code" else 0
        height += HEIGHTS.get(element.tag, 0) + lines + len(words) / TEXT_LINE
        if element.get("role") == "doc-noteref":
            places.setdefault(element.get("href"), height)
    bottom = ABOUT_HEIGHT
    for number, paragraph in items:
        lines = -(-len(paragraph.text_content()) // NOTE_LINE)
        bottom = max(bottom, places[f"#fn:{number}"]) + lines * NOTE_LINE_HEIGHT + NOTE_GAP
    return bottom <= height

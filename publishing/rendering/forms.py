"""The output formats of a compiled body: HTML for a page, and Markdown. Each fills the holes in its own way."""

import re
from dataclasses import dataclass
from html import escape

from publishing.content.facts import FactSource
from publishing.rendering.html import frame, is_wide
from publishing.rendering.markdown.blocks import table as markdown_table
from publishing.rendering.markdown.inline import destination, text
from publishing.rendering.parts import join
from publishing.rendering.pictures import picture_html
from publishing.rendering.tables.fill import UNKNOWN, warning_of
from publishing.rendering.tables.present import day_in_words, source_in_words
from publishing.rendering.tables.sources import comparable
from publishing.richtext.anchors import anchors_for
from publishing.richtext.table_element import MOST_RECORDS

SAFE = re.compile(r"/(?!/)|#|https?:|mailto:|tel:", re.IGNORECASE)
BODY_SIZES = "(min-width: 43rem) 40rem, 100vw"  # the text width in css/tokens.css
NOTES_TITLE = "Notes and sources"
# Number of notes that static/css/components/notes.css can place beside the text; further ones stay at its end.
BESIDE_LIMIT = 60
# Approximate sizes of notes beside the text, from the same file; heights in lines of the text.
NOTE_LINE, NOTE_GAP, NOTE_LINE_HEIGHT, ABOUT_HEIGHT = 26, 0.9, 0.85, 8


@dataclass(frozen=True)
class Heading:
    """A heading of a body: its anchor, its words, its level (2 to 4)."""

    anchor: str
    words: str
    level: int


@dataclass
class Footnote:
    """A note: `words` are in the output format; `times` counts the marks that lead to it."""

    words: str
    length: int
    height: float
    number: int = 0
    times: int = 0


class Form:
    """One body of a page, in one output format.

    For each kind of hole (publishing/rendering/holes.py), a method takes the values of its spec and the parts inside
    it.
    """

    def __init__(self, texts, body: str):
        self.texts, self.body, self.compiled = texts, body, texts.compiled[body]
        own = [(anchor, words) for anchor, words, *_ in self.compiled.headings]
        self.anchors = anchors_for(own, texts.anchors)
        texts.anchors.update(self.anchors)
        self.notes: dict = {}
        self._tables = 0
        self.text = self.join(self.compiled.html if isinstance(self, HtmlForm) else self.compiled.markdown)
        self.text += self.listed_notes() if self.notes else ""

    def join(self, parts: list) -> str:
        return join(parts, self.fill)

    def fill(self, number: int, *insides) -> str:
        kind, *spec = self.compiled.specs[number]
        return getattr(self, kind)(*spec, *insides)

    # Common to all formats ------------------------------------------------------------------------

    def link(self, label, pk, fact, wording, has_mark, is_value, height, inside) -> str:
        known = self.texts.facts.get((label, pk, fact))
        if known is None:
            words = self.join(inside)
            return self.linked(words, self.address_of(label, pk))
        words = self.escaped(known.worded(wording))
        shown = self.value(words) if is_value else self.linked(words, known.url, "fact")
        return shown + (self.source(known.source, height) if has_mark and known.source else "")

    def address_of(self, label: str, pk: int) -> str:
        """Return the URL of a mentioned record; "" if readers cannot see it."""
        return self.texts.targets.get((label, pk), ("", ""))[0]

    def source(self, source: FactSource, height: float) -> str:
        return self.mark(
            ("source", source.key), lambda: Footnote(self.said_source(source), len(source.in_words()), height)
        )

    def note(self, index: int, inside) -> str:
        html, in_markdown, length, height = self.compiled.notes[index]
        parts = html if isinstance(self, HtmlForm) else in_markdown
        return self.mark(index, lambda: Footnote(self.join(parts), length, height))

    def mark(self, key, make) -> str:
        if key not in self.notes:
            self.texts.note_count += 1
            self.notes[key] = make()
            self.notes[key].number = self.texts.note_count
        note = self.notes[key]
        note.times += 1
        return self.marked(note.number, note.times)

    def figure(self, keys: list[int], inside) -> str:
        is_shown = not keys or any(key in self.texts.pictures for key in keys)
        return self.join(inside) if is_shown else ""

    def credits(self, keys: list[int]) -> list[str]:
        known = [self.texts.pictures[key] for key in keys if key in self.texts.pictures]
        return [self.escaped(picture.credit) for picture in known if picture.credit]

    def filled(self, text: str):
        """Return the table filled for today, and the URL of its CSV file."""
        self._tables += 1
        filled = self.texts.tables.current(text, self.texts.facts)
        return filled, self.texts.table_files.of(self.body, self._tables - 1)

    def live_rows(self, filled, height: float) -> list[list[str]]:
        """Return the cells of a table filled for today, in this format, including the header row."""
        found = filled.comparison
        head, *rows = filled.rows(self.texts.facts)
        shown = [[self.escaped(words) for words in head]]
        for key, (name, *values) in zip(filled.keys, rows, strict=True):
            warning = warning_of(found, key, self.texts.facts)
            named = self.escaped(name.removesuffix(warning))
            cells = [self.linked(named, self.address_of(found.label, key)) + self.escaped(warning)]
            for column, words in zip(filled.columns, values, strict=True):
                fact = column.facts.get(key)
                mark = self.source(fact.source, height) if fact and fact.source else ""
                cells.append(self.value(self.escaped(words)) + mark if fact else self.unknown())
            shown.append(cells)
        return shown

    def source_of(self, filled, csv_url: str) -> str:
        """Return the line below a table that names its source; "" if the table cannot be read."""
        found = filled.comparison
        if found is None:
            return ""
        line = self.escaped(source_in_words(filled))
        if found.listed is not None and filled.is_current:
            before = f" The first {MOST_RECORDS} of " if filled.has_more else " The rows are those of "
            after = ", which finds nothing today." if filled.is_empty else "."
            line += before + self.linked("this list", comparable[found.label].list_url(found.listed)) + after
        return self.below(f"{line} {self.linked('Download as CSV', csv_url)}" if csv_url else line)


class HtmlForm(Form):
    @property
    def headings(self) -> list[Heading]:
        said, specs = self.texts.said, self.compiled.specs
        rows = zip(self.anchors, self.compiled.headings, strict=True)
        return [Heading(anchor, said(words, specs), level) for anchor, (_, _, level, words) in rows]

    def escaped(self, words: str) -> str:
        return escape(words, quote=False)

    def linked(self, words: str, address: str, style: str = "") -> str:
        if not SAFE.match(address):
            return words
        style = f' class="{style}"' if style else ""
        return f'<a href="{escape(self.texts.address(address))}"{style}>{words}</a>'

    def value(self, words: str) -> str:
        return f'<span class="fact">{words}</span>'

    def unknown(self) -> str:
        return f'<em class="{UNKNOWN}">{UNKNOWN}</em>'

    def path(self, address: str, inside) -> str:
        return escape(self.texts.address(address))

    def words(self, label, pk, fact, wording, inside) -> str:
        known = self.texts.facts.get((label, pk, fact))
        return escape(known.worded(wording)) if known else self.join(inside)

    def anchor(self, index: int, inside) -> str:
        return self.anchors[index]

    def code(self, inside) -> str:
        self.texts.code_count += 1
        return str(self.texts.code_count)

    def marked(self, number: int, time: int) -> str:
        # A note is placed beside its first mark.
        style = f"noteref noteref--{number}" if time == 1 and number <= BESIDE_LIMIT else "noteref"
        link = f'<a href="#fn:{number}" id="{_back(number, time)}" role="doc-noteref" aria-label="Note {number}">'
        return f'<sup class="{style}">{link}{number}</a></sup>'

    def said_source(self, source: FactSource) -> str:
        title = escape(source.title, quote=False)
        link = f'<a href="{escape(source.url)}" rel="noopener">{title}</a>' if SAFE.match(source.url) else title
        return source.in_words(link, self.escaped)

    def listed_notes(self) -> str:
        style = "notes" if self._fit_beside() else "notes notes--below"
        items = "".join(map(_note, self.notes.values()))
        title = f'<p class="notes__title">{NOTES_TITLE}</p>'
        return f'<section class="{style}" role="doc-endnotes" aria-label="{NOTES_TITLE}">{title}{items}</section>'

    def _fit_beside(self) -> bool:
        """Return whether the notes fit beside the text, one below the other, without reaching the content below it.

        Uses the words as they were saved.
        """
        bottom = ABOUT_HEIGHT
        for note in self.notes.values():
            lines = -(-note.length // NOTE_LINE)
            bottom = max(bottom, note.height) + lines * NOTE_LINE_HEIGHT + NOTE_GAP
        return bottom <= self.compiled.height

    def picture(self, key: int, alt: str, inside) -> str:
        picture = self.texts.pictures.get(key)
        if picture is None:
            return ""
        return picture_html(picture, "whole", BODY_SIZES, alt=alt or picture.spoken_alt, address=self.texts.address)

    def credit(self, keys: list[int], before: str, inside) -> str:
        line = " ".join(f'<span class="credit">{credit}</span>' for credit in self.credits(keys))
        if before == "caption" and line:
            return f"<figcaption>{line}</figcaption>"
        return f" {line}" if line and before == "words" else line

    def table(self, text: str, height: float, caption, label, stored, wide) -> str:
        filled, csv_url = self.filled(text)
        said, label, style = self.join(caption), self.join(label), bool(wide)
        if not filled.is_current:
            rows = self.join(stored)
        else:
            cells = self.live_rows(filled, height)
            head = "".join(f'<th scope="col"><p>{cell}</p></th>' for cell in cells[0])
            body = "".join(
                f'<tr><th scope="row"><p>{name}</p></th>{"".join(f"<td><p>{cell}</p></td>" for cell in others)}</tr>'
                for name, *others in cells[1:]
            )
            rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
            style = is_wide(len(cells[0]), (words for row in filled.rows(self.texts.facts) for words in row))
        if day := day_in_words(filled):
            said, label = said.rstrip() or "Comparison", label or "Comparison"
            said, label = f'{said} <span class="table-day">{escape(day)}</span>', f"{label} {escape(day)}"
        said = f"<caption>{said}</caption>" if said else ""
        return frame(label, f"{said}{rows}", style) + self.source_of(filled, csv_url)

    def below(self, line: str) -> str:
        return f'<p class="table-source">{line}</p>'


class MarkdownForm(Form):
    def __init__(self, texts, body: str, page: str = ""):
        self.page_address = page
        super().__init__(texts, body)

    def join(self, parts: list) -> str:
        """Join parts. A block that is left out is removed with the blank line beside it."""
        text, is_gone = [], False
        for part in parts:
            if isinstance(part, str):
                text.append(part.removeprefix("\n\n") if is_gone else part)
                is_gone = False
                continue
            filled = self.fill(*part)
            is_gone = not filled and self.compiled.specs[part[0]][0] == "figure"
            text.append(filled)
        return "".join(text).removesuffix("\n\n") if is_gone else "".join(text)

    def escaped(self, words: str) -> str:
        return text(words)

    def linked(self, words: str, address: str, style: str = "") -> str:
        return f"[{words.strip()}]({destination(self.texts.address(address))})" if SAFE.match(address) else words

    def value(self, words: str) -> str:
        return words

    def unknown(self) -> str:
        return f"_{UNKNOWN}_"

    def page(self, inside) -> str:
        return self.page_address

    def path(self, address: str, inside) -> str:
        return destination(self.texts.address(address))

    def marked(self, number: int, time: int) -> str:
        return f"[{number}]({destination(f'{self.page_address}#fn:{number}')})"

    def said_source(self, source: FactSource) -> str:
        title = self.escaped(source.title)
        return source.in_words(self.linked(title, source.url), self.escaped)

    def listed_notes(self) -> str:
        items = [
            f"{note.number} {note.words} [↩]({destination(f'{self.page_address}#fnref:{note.number}')})"
            for note in self.notes.values()
        ]
        return "\n\n".join(["" if not self.text else "\n\n" + NOTES_TITLE, *items])

    def picture(self, key: int, alt: str, inside) -> str:
        picture = self.texts.pictures.get(key)
        if picture is None:
            return ""
        address = destination(self.texts.address(picture.shown("whole")["url"]))
        return f"![{self.escaped(alt or picture.spoken_alt)}]({address})"

    def credit(self, keys: list[int], before: str, inside) -> str:
        line = " ".join(self.credits(keys))
        between = self.join(inside) if before == "caption" else " " if before else ""
        return f"{between}{line}" if line else ""

    def table(self, text: str, height: float, caption, stored, line_break) -> str:
        filled, csv_url = self.filled(text)
        said, between = self.join(caption), self.join(line_break)
        if filled.is_current:
            head, *others = self.live_rows(filled, height)
            rows = markdown_table(head, others).replace("\n", between)
        else:
            rows = self.join(stored)
        if day := day_in_words(filled):
            said = f"{said or 'Comparison'} {self.escaped(day)}"
        return (between * 2).join(filter(None, [said, rows, self.source_of(filled, csv_url)]))

    def below(self, line: str) -> str:
        return line


def _back(number: int, time: int) -> str:
    return f"fnref:{number}" if time == 1 else f"fnref:{number}-{time}"


def _note(note: Footnote) -> str:
    number = note.number
    style = f"note note--{number}" if number <= BESIDE_LIMIT else "note"
    label = f"Back to the text at note {number}"
    back = f'<a class="note__back" href="#{_back(number, 1)}" role="doc-backlink" aria-label="{label}">↩</a>'
    words = f'<span class="note__number">{number}</span> {note.words.rstrip()} {back}'
    return f'<p class="{style}" id="fn:{number}" role="doc-footnote">{words}</p>'

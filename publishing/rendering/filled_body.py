"""A compiled body as HTML, its holes filled for one page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from publishing.content.facts import FactSource
from publishing.rendering.html_writer import frame, is_wide
from publishing.rendering.html_writer import text as escaped
from publishing.rendering.parts import join
from publishing.rendering.pictures import picture_html
from publishing.rendering.tables.fill import UNKNOWN, warning_of
from publishing.rendering.tables.sources import DrawnChart
from publishing.richtext.anchors import anchors_for

SAFE = re.compile(r"/(?!/)|#|https?:|mailto:|tel:", re.IGNORECASE)
# The `sizes` of images by the width of their figure; widths as in css/tokens.css and css/components/figures.css.
SIZES = {
    "": "(min-width: 43rem) 40rem, 100vw",
    "wide": "(min-width: 80rem) 60rem, (min-width: 43rem) 40rem, 100vw",
    "full": "(min-width: 80rem) 76rem, 100vw",
    "gallery": "(min-width: 43rem) 20rem, 50vw",
}
NOTES_TITLE = "Notes and sources"
CHART_TABLE = "The same values as a table"
# Number of notes that static/css/components/notes.css can place beside the text; further ones stay at its end.
BESIDE_LIMIT = 30
# Approximate sizes of notes beside the text, from the same file; heights in lines of the text.
NOTE_LINE, NOTE_GAP, NOTE_LINE_HEIGHT, ABOUT_HEIGHT = 26, 0.9, 0.85, 8


@dataclass(frozen=True)
class Heading:
    """A heading of a body: its anchor, its text, its level (2 to 4)."""

    anchor: str
    text: str
    level: int


@dataclass
class Footnote:
    """A note: `html` has the whole note; `times` counts the marks that lead to it."""

    html: str
    length: int
    height: float
    number: int
    times: int = 0


class FilledBody:
    """One body of a page. For each kind of hole (see HtmlWriter), a method takes the values of its spec
    and the parts inside it, and returns HTML."""

    def __init__(self, texts, body: str):
        self.texts, self.compiled = texts, texts.compiled[body]
        headings = [(anchor, text) for anchor, text, *_ in self.compiled.headings]
        self.anchors = anchors_for(headings, texts.anchors)
        texts.anchors.update(self.anchors)
        self.notes: dict[object, Footnote] = {}
        self.text = self.join(self.compiled.html)
        self.text += self.listed_notes() if self.notes else ""

    @property
    def headings(self) -> list[Heading]:
        fill_text, specs = self.texts.filled_text, self.compiled.specs
        rows = zip(self.anchors, self.compiled.headings, strict=True)
        return [Heading(anchor, fill_text(text, specs), level) for anchor, (_, _, level, text) in rows]

    def join(self, parts: list) -> str:
        return join(parts, self.fill)

    def fill(self, number: int, *insides: list) -> str:
        kind, *spec = self.compiled.specs[number]
        return getattr(self, kind)(*spec, *insides)

    def link(
        self, label: str, pk: int, fact: str, wording: str, has_mark: bool, is_value: bool, height: float, inside: list
    ) -> str:
        cited = self.texts.facts.get((label, pk, fact))
        if cited is None:
            return self.linked(self.join(inside), self.address_of(label, pk))
        text = escaped(cited.worded(wording))
        html = value(text) if is_value else self.linked(text, cited.url, "fact")
        return html + (self.source(cited.source, height) if has_mark and cited.source else "")

    def address_of(self, label: str, pk: int) -> str:
        """Return the URL of a mentioned record; "" if readers cannot see it."""
        return self.texts.targets.get((label, pk), ("", ""))[0]

    def linked(self, html: str, address: str, style: str = "") -> str:
        if not SAFE.match(address):
            return html
        style = f' class="{style}"' if style else ""
        return f'<a href="{escape(self.texts.address(address))}"{style}>{html}</a>'

    def path(self, address: str, inside: list) -> str:
        return escape(self.texts.address(address))

    def words(self, label: str, pk: int, fact: str, wording: str, inside: list) -> str:
        cited = self.texts.facts.get((label, pk, fact))
        return escape(cited.worded(wording)) if cited else self.join(inside)

    def anchor(self, index: int, inside: list) -> str:
        return self.anchors[index]

    def code(self, inside: list) -> str:
        self.texts.code_count += 1
        return str(self.texts.code_count)

    def source(self, source: FactSource, height: float) -> str:
        return self.mark(("source", source.key), lambda: (_source_html(source), len(source.in_words()), height))

    def note(self, index: int, inside: list) -> str:
        parts, length, height = self.compiled.notes[index]
        return self.mark(index, lambda: (self.join(parts), length, height))

    def mark(self, key: object, make_note: Callable[[], tuple[str, int, float]]) -> str:
        if key not in self.notes:
            self.texts.note_count += 1
            self.notes[key] = Footnote(*make_note(), self.texts.note_count)
        note = self.notes[key]
        note.times += 1
        number = note.number
        # A note is placed beside its first mark.
        style = f"noteref noteref--{number}" if note.times == 1 and number <= BESIDE_LIMIT else "noteref"
        link = f'<a href="#fn:{number}" id="{_back(number, note.times)}" role="doc-noteref" aria-label="Note {number}">'
        return f'<sup class="{style}">{link}{number}</a></sup>'

    def listed_notes(self) -> str:
        style = "notes" if self._fit_beside() else "notes notes--below"
        items = "".join(map(_note, self.notes.values()))
        title = f'<p class="notes__title">{NOTES_TITLE}</p>'
        return f'<section class="{style}" role="doc-endnotes" aria-label="{NOTES_TITLE}">{title}{items}</section>'

    def _fit_beside(self) -> bool:
        """Return whether the notes, with the words as saved, fit beside the text without reaching what is below."""
        bottom = ABOUT_HEIGHT
        for note in self.notes.values():
            lines = -(-note.length // NOTE_LINE)
            bottom = max(bottom, note.height) + lines * NOTE_LINE_HEIGHT + NOTE_GAP
        return bottom <= self.compiled.height

    def figure(self, keys: list[int], inside: list) -> str:
        is_shown = not keys or any(key in self.texts.pictures for key in keys)
        return self.join(inside) if is_shown else ""

    def picture(self, key: int, alt: str, width: str, inside: list) -> str:
        picture = self.texts.pictures.get(key)
        if picture is None:
            return ""
        alt_text = alt or picture.spoken_alt
        return picture_html(picture, "whole", SIZES[width], alt=alt_text, address=self.texts.address)

    def credit(self, keys: list[int], before: str, inside: list) -> str:
        pictures = [self.texts.pictures[key] for key in keys if key in self.texts.pictures]
        line = " ".join(
            f'<span class="credit">{escaped(picture.credit)}</span>' for picture in pictures if picture.credit
        )
        if before == "caption" and line:
            return f"<figcaption>{line}</figcaption>"
        return f" {line}" if line and before == "words" else line

    def table(self, text: str, height: float, caption: list, name: list, stored: list, wide: list) -> str:
        filled = self.texts.tables.current(text)
        caption_html, label, has_wide_frame = self.join(caption), self.join(name), bool(wide)
        if not filled.is_current:
            rows = self.join(stored)
        elif filled.chart:
            rows = _chart_table(filled.chart, self.linked)
            has_wide_frame = is_wide(len(filled.chart.head), ())
        else:
            head, *others = filled.rows(self.texts.facts)
            cells = "".join(f'<th scope="col"><p>{escaped(cell)}</p></th>' for cell in head)
            rows = f"<thead><tr>{cells}</tr></thead><tbody>{self._live_rows(filled, others, height)}</tbody>"
            has_wide_frame = is_wide(len(head), (cell for row in [head, *others] for cell in row))
        if day := filled.day_in_words():
            caption_html, label = caption_html.rstrip() or "Comparison", label or "Comparison"
            caption_html, label = (
                f'{caption_html} <span class="table-day">{escape(day)}</span>',
                f"{label} {escape(day)}",
            )
        source = f'<p class="table-source">{escaped(filled.source_in_words())}</p>' if filled.comparison else ""
        if filled.chart and not self.texts.is_absolute:  # elsewhere the drawing has no styles: the table alone is shown
            return self._chart(filled.chart, caption_html, frame(label, rows, has_wide_frame), source)
        caption_html = f"<caption>{caption_html}</caption>" if caption_html else ""
        return frame(label, f"{caption_html}{rows}", has_wide_frame) + source

    def _chart(self, chart: DrawnChart, caption: str, table: str, source: str) -> str:
        """Return a drawing with its caption, and its table folded."""
        self.texts.chart_count += 1
        summary = f'<summary class="fold__summary">{CHART_TABLE}</summary>'
        return (
            f'<figure class="chart-figure"><figcaption>{caption}</figcaption>'
            f"{chart.picture(f'chart-{self.texts.chart_count}')}{source}"
            f'<details class="fold">{summary}{table}</details></figure>'
        )

    def _live_rows(self, filled, rows: list[list[str]], height: float) -> str:
        """Return the rows of a table filled for today; `rows` are their words."""
        definition, html_rows = filled.comparison, []
        for key, (name, *values) in zip(filled.keys, rows, strict=True):
            warning = warning_of(definition, key, self.texts.facts)
            linked_name = self.linked(escaped(name.removesuffix(warning)), self.address_of(definition.label, key))
            cells = f'<th scope="row"><p>{linked_name}{escaped(warning)}</p></th>'
            for column, text in zip(filled.columns, values, strict=True):
                fact = column.facts.get(key)
                mark = self.source(fact.source, height) if fact and fact.source else ""
                html = value(escaped(text)) + mark if fact else f'<em class="{UNKNOWN}">{UNKNOWN}</em>'
                cells += f"<td><p>{html}</p></td>"
            html_rows.append(f"<tr>{cells}</tr>")
        return "".join(html_rows)


def _chart_table(chart: DrawnChart, linked: Callable[[str, str], str]) -> str:
    head = "".join(f'<th scope="col"><p>{escaped(heading)}</p></th>' for heading in chart.head)
    rows = ""
    for row in chart.rows:
        cells = (escaped(cell.words) or f'<em class="{UNKNOWN}">{UNKNOWN}</em>' for cell in row.cells)
        values = "".join(f"<td><p>{cell}</p></td>" for cell in cells)
        rows += f'<tr><th scope="row"><p>{linked(escaped(row.name), row.url)}</p></th>{values}</tr>'
    return f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"


def value(html: str) -> str:
    return f'<span class="fact">{html}</span>'


def _source_html(source: FactSource) -> str:
    title = escaped(source.title)
    link = f'<a href="{escape(source.url)}" rel="noopener">{title}</a>' if SAFE.match(source.url) else title
    return source.in_words(link, escaped)


def _back(number: int, time: int) -> str:
    return f"fnref:{number}" if time == 1 else f"fnref:{number}-{time}"


def _note(note: Footnote) -> str:
    number = note.number
    style = f"note note--{number}" if number <= BESIDE_LIMIT else "note"
    label = f"Back to the text at note {number}"
    back = f'<a class="note__back" href="#{_back(number, 1)}" role="doc-backlink" aria-label="{label}">↩</a>'
    html = f'<span class="note__number">{number}</span> {note.html.rstrip()} {back}'
    return f'<p class="{style}" id="fn:{number}" role="doc-footnote">{html}</p>'

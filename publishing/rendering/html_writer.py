"""Write a body as HTML: headings with anchors, tables with headers and frames, marks of notes, and holes for all that
depends on other records or on the surrounding page."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from itertools import accumulate, batched, chain, groupby, repeat, zip_longest
from typing import cast
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from publishing.rendering.names import NAME, WHOLE
from publishing.rendering.parts import as_stored, hole, split
from publishing.richtext.document import mention, words_of
from publishing.richtext.embeds import EMBED, Embed, embed
from publishing.richtext.reading import Piece, TextBlocks
from publishing.richtext.schema import CALLOUTS, EMPTY, HEADINGS, SNIPPET, WIDTHS
from publishing.richtext.table_element import ATTRIBUTE

# Approximate values from css/components/notes.css; heights in lines of the text.
TEXT_LINE = 68  # characters
HEIGHTS = dict.fromkeys(["p", "li"], 0.6) | dict.fromkeys([*HEADINGS, "tr", "pre", "aside"], 1.5) | {"img": 8}
OUTSIDE = ("http:", "https:")
WIDE_COLUMNS = 5  # tables with this many columns may be wider than the text
UNBROKEN = re.compile(r"[^\s-]{24}")  # so may tables with such a long word, for example a URL
SHOWN_ADDRESS_LIMIT = 60
NUMBER = re.compile(r"[-+−–]?[€$£]?[\d½][\d., ½]*%?(?:(?:–|\sto\s)[-+−]?[€$£]?[\d½][\d., ½]*%?)?")  # or a range
PLANNED = ["Our days", "Your days"]  # the columns of a plan, which is drawn if its last row has their sums
DAYS = re.compile(r"\d{0,3}\.?\d{1,3}(?:–\d{0,3}\.?\d{1,3})?")
PLAN = (
    '<svg class="plan" viewBox="0 0 {0:g} 12" preserveAspectRatio="none" width="100%" height="12" aria-hidden="true">'
    '<rect x="{2:g}" width="{4:g}" height="5"/><rect x="{1:g}" width="{3:g}" height="5"/>'
    '<rect x="{2:g}" y="7" width="{6:g}" height="5"/><rect x="{1:g}" y="7" width="{5:g}" height="5"/></svg>'
    '<span class="plan__scale" data-days="{0:g}"></span>'
)
SHARED = ["Correct", "Wrong", "Left"]  # the columns of a table whose rows are drawn as shares
SHARES = (
    '<svg class="shares" viewBox="0 0 {0} 1" preserveAspectRatio="none" width="100%" height="9" aria-hidden="true">'
    '<rect width="{0}" height="1"/><rect width="{1}" height="1"/><rect width="{2}" height="1"/></svg>'
)
LITERAL = {"start", "colspan", "rowspan", "scope", "alt"}  # attributes that are copied unchanged


class HtmlWriter:
    """The HTML of a body with holes, as text for `split`. `specs` describe, by number, how each hole is filled:

        path, URL
        link, kind, key, fact, wording, has a mark, is a value in a table, height
        words, kind, key, fact, wording
        note, its index in `notes`
        picture, key, alt text, width of its figure: "", "wide", "full", "gallery"
        figure, keys
        credit, keys, what is before it
        anchor, its index in `headings`
        code
        table, attribute value, height

    `headings`, `notes` and `tables` are those of `Compiled`; `height` is that of the whole body.
    """

    def __init__(self, reading: TextBlocks):
        self.specs, self.headings, self.notes, self.tables = [], [], [], []
        self.height = 0.0
        self._is_in_note = False
        self._sources: dict[str, int] = {}  # the note of each URL
        self._counts = Counter()  # headings and captions so far
        self._blocks = {}
        for block in reading.blocks:
            self._blocks.setdefault((block.place.tag, block.place.index), block)
        self._grow(reading.tree.text)
        self.html = self._inside(reading.tree)

    def text_with_holes(self, runs: Iterable[Piece | str]) -> str:
        """Return the text of Reading pieces and strings, with holes for facts."""
        parts = []
        for fact, pieces in groupby(runs, lambda run: run.place.fact if isinstance(run, Piece) else None):
            run_text = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
            parts.append(
                self._hole(run_text, "words", fact.label, fact.pk, fact.fact, fact.wording) if fact else run_text
            )
        return "".join(parts)

    def _hole(self, insides: str | tuple[str, ...], *spec) -> str:
        self.specs.append(list(spec))
        return hole(len(self.specs) - 1, *([insides] if isinstance(insides, str) else insides))

    def _grow(self, content: str | None, lines: float = 0):
        self.height += 0 if self._is_in_note else lines + len(content or "") / TEXT_LINE

    def _inside(self, element: HtmlElement) -> str:
        written = text if element.tag in ("code", "pre") else _with_names
        parts = [written(element.text)]
        for child in element:
            parts += [self._html(child), written(child.tail)]
            self._grow(child.tail)
        return "".join(parts)

    def _html(self, element: HtmlElement) -> str:
        tag = element.tag
        if tag == "small":
            return self._small(element)
        self._grow(element.text, HEIGHTS.get(str(tag), 0) + ((element.text or "").count("\n") if tag == "code" else 0))
        match tag:
            case "a":
                return self._link(element)
            case "img":
                return self._picture(element)
            case "figure" if element.get(SNIPPET):
                return self._inside(element)
            case "figure" if media := embed(element.get(EMBED)):
                return self._embed(element, media)
            case "figure":
                return self._figure(element)
            case "aside":
                kind = element.get("data-kind") or "note"
                title = f'<p class="callout__kind"><strong>{CALLOUTS[kind]}</strong></p>'
                return f'<aside class="callout" data-kind="{kind}" role="note">{title}{self._inside(element)}</aside>'
            case "figcaption":
                return f"<figcaption>{self._inside(element)}{self._credit(element)}</figcaption>"
            case "pre":
                label = f"Code {self._hole('', 'code')}"
                return f'<pre role="region" tabindex="0" aria-label="{label}">{self._inside(element)}</pre>'
            case "table":
                return self._table(element)
            case _ if tag in HEADINGS:
                return self._plain(element, id=self._anchor(element))
            case _:
                return self._plain(element)

    def _plain(self, element: HtmlElement, **attributes) -> str:
        copied = {name: value for name, value in element.items() if name in LITERAL}
        attributes_html = "".join(
            f' {name}="{escape(value)}"' for name, value in (copied | attributes).items() if value
        )
        opening = f"<{element.tag}{attributes_html}>"
        return opening if element.tag in EMPTY else f"{opening}{self._inside(element)}</{element.tag}>"

    def _words_of_next(self, tag: str) -> str:
        """Return the words of the next heading or caption without its notes, in one line."""
        block = self._blocks.get((tag, self._counts[tag]))
        self._counts[tag] += 1
        return (
            " ".join(self.text_with_holes(piece for piece in block.pieces if not piece.place.note).split())
            if block
            else ""
        )

    def _anchor(self, heading: HtmlElement) -> str:
        parts = split(self._words_of_next(str(heading.tag)))
        if not parts:
            return ""
        self.headings.append([heading.get("id") or "", as_stored(parts), int(str(heading.tag)[1]), parts])
        return self._hole("", "anchor", len(self.headings) - 1)

    def _small(self, element: HtmlElement) -> str:
        self._is_in_note = True
        written = self._inside(element)
        self._is_in_note = False
        return self._hole("", "note", self._note(written, len(element.text_content())))

    def _note(self, written: str, length: int) -> int:
        self.notes.append([split(written), length, self.height])
        return len(self.notes) - 1

    def _link(self, link: HtmlElement) -> str:
        address, inside = link.get("href") or "", self._inside(link)
        if item := mention(address):
            around = [parent.tag for parent in link.iterancestors()]
            has_mark = bool(item.fact) and not self._is_in_note and not any(tag in HEADINGS for tag in around)
            is_value = "td" in around and any(ATTRIBUTE in table.attrib for table in link.iterancestors("table"))
            target = item.label, item.pk, item.fact, item.wording
            return self._hole(inside, "link", *target, has_mark, is_value, self.height)
        if not address or address.startswith(("ref:", "fact:")):
            return inside
        href = self._hole("", "path", address) if address.startswith("/") else escape(address)
        if not address.lower().startswith(OUTSIDE):
            return f'<a href="{href}">{inside}</a>'
        mark = ""
        if not self._is_in_note and link.text_content().strip():
            if address not in self._sources:
                self._sources[address] = self._note(source(address), len(address_in_words(address)))
            mark = self._hole("", "note", self._sources[address])
        return f'<a href="{href}" rel="noopener">{inside}</a>{mark}'

    def _picture(self, picture: HtmlElement) -> str:
        alt = picture.get("alt") or ""
        if not is_local(picture):
            return self._hole("", "picture", _key_of(picture), alt, _width_around(picture))
        src = self._hole("", "path", picture.get("src"))
        return f'<img src="{src}" alt="{escape(alt)}" loading="lazy" decoding="async">'

    def _figure(self, figure: HtmlElement) -> str:
        pictures, within = list(figure.iter("img")), self._inside(figure)
        if not pictures:
            return ""
        if figure.find("figcaption") is None and (keys := _keys_credited_in(figure)):
            within += self._hole("", "credit", keys, "caption")
        # A figure with an image that is not a record is always shown.
        keys = [] if any(map(is_local, pictures)) else [*map(_key_of, pictures)]
        width = figure.get("data-width")
        opening = f'<figure data-width="{width}">' if width in WIDTHS else "<figure>"
        return self._hole(f"{opening}{within}</figure>", "figure", keys)

    def _embed(self, figure: HtmlElement, media: Embed) -> str:
        """Return a link to the page of the provider; embeds.js offers to play it in a frame instead."""
        self._grow("", HEIGHTS["img"])
        caption = figure.find("figcaption")
        title = "" if caption is None else escape(words_of(caption))
        link = f'<a href="{escape(media.page)}" rel="noopener">{escape(media.invitation)}</a>'
        provider = escape(media.provider.title)
        return (
            f'<figure class="embed" data-frame="{escape(media.frame)}" data-provider="{provider}" data-title="{title}">'
            f'<p class="embed__link">{link}</p>{self._inside(figure)}</figure>'
        )

    def _credit(self, caption: HtmlElement) -> str:
        figure = cast(HtmlElement, caption.getparent())
        keys = _keys_credited_in(figure) if figure.tag == "figure" and figure.find("figcaption") is caption else []
        before = "words" if len(caption) or caption.text else ""
        return self._hole("", "credit", keys, before) if keys else ""

    def _table(self, table: HtmlElement) -> str:
        caption, caption_html, label = table.find("caption"), "", ""
        if caption is not None:
            label = escape(self._words_of_next("caption"))
            self._grow(caption.text)
            caption_html = self._inside(caption)
        rows = [row for part in table for row in ([part] if part.tag == "tr" else part) if row.tag == "tr"]
        has_head = bool(rows) and len(rows[0]) > 0 and all(cell.tag == "th" for cell in rows[0])
        body_rows = rows[has_head:]
        numeric = _numeric_columns(rows, body_rows)
        names = _names_in_cells(table, rows[0]) if has_head else []
        drawings = _drawings(body_rows, names, numeric)
        is_framed_wide = not drawings and is_wide(_column_count(rows), (words_of(cell) for row in rows for cell in row))
        content = f"<thead>{self._row(rows[0], 'col', numeric)}</thead>" if has_head else ""
        if rows:
            drawn = zip(body_rows, chain(drawings, repeat("")), strict=False)
            lines = "".join(self._row(row, "row", numeric, names, drawing) for row, drawing in drawn)
            content += f"<tbody>{lines}</tbody>"
        definition = table.get(ATTRIBUTE)
        if definition is not None and next(table.iterancestors("table"), None) is None:
            self.tables.append(definition)
            insides = caption_html, label, content, "wide" if is_framed_wide else ""
            return self._hole(insides, "table", definition, self.height)
        if caption is not None:
            content = f"<caption>{caption_html}</caption>{content}"
        return frame(label, content, is_framed_wide)

    def _row(self, row: HtmlElement, scope: str, numeric: set[int], names: Sequence[str] = (), drawn: str = "") -> str:
        self._grow("", HEIGHTS["tr"])
        cells = ""
        for column, cell in enumerate(row):
            self._grow(cell.text)
            style = {"class": "number"} if column in numeric else {}
            style |= {"data-name": names[column]} if cell.tag == "td" and column < len(names) else {}
            cells += self._plain(cell, **style, **({"scope": cell.get("scope") or scope} if cell.tag == "th" else {}))
        return f"<tr>{re.sub('(?=</t[dh]>$)', drawn, cells)}</tr>"


def _column_count(rows: list[HtmlElement]) -> int:
    return max((sum(int(cell.get("colspan") or 1) for cell in row) for row in rows), default=0)


def _names_in_cells(table: HtmlElement, head: HtmlElement) -> list[str]:
    """Return the headings of a table that is stacked on a phone, where each cell names its own; none for other tables,
    if a heading cites a fact, which would change, or if a cell spans several."""
    is_stacked = len(head) in {4, 5} or bool(table.xpath(".//th/p[2]"))
    if not is_stacked or table.xpath("(.//tr)[1]//a | .//@colspan | .//@rowspan"):
        return []
    return [words_of(cell) for cell in head]


def _numeric_columns(rows: list[HtmlElement], body: list[HtmlElement]) -> set[int]:
    """Return the places of columns with only numbers in the rows of `body`; none if a cell spans several."""
    if any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row):
        return set()
    return {
        column
        for column, cells in enumerate(zip_longest(*body))
        if all(cell is not None and NUMBER.fullmatch(words_of(cell)) for cell in cells)
    }


def _drawings(rows: list[HtmlElement], names: Sequence[str], numeric: set[int]) -> list[str]:
    """Return what is drawn in each of `rows`, which may be fewer."""
    if numeric >= {1, 2, 3} and names[1:4] == SHARED:
        return [*map(_shares, rows)]
    return _plan(rows) if numeric >= {1, 2} and names[1:3] == PLANNED else []


def _shares(row: HtmlElement) -> str:
    right, wrong, left = (int(re.sub(r"\D", "", words_of(cell)) or 0) for cell in row[1:4])
    return SHARES.format(right + wrong + left, right + wrong, right)


def _plan(rows: list[HtmlElement]) -> list[str]:
    """Return the drawing of each row but the last: the days of both in the shortest and in the longest course."""
    periods = [words_of(row[column]).replace("½", ".5") for row in rows for column in (1, 2)]
    if not all(map(DAYS.fullmatch, periods)):
        return []
    *steps, (whole, _) = batched(([*map(float, period.split("–"))] for period in periods), 2)
    starts = [[*accumulate((ours[end] for ours, _ in steps), initial=0)] for end in (0, -1)]
    if starts[1][-1] != whole[-1]:
        return []
    return [
        PLAN.format(whole[-1], early, late, ours[0], ours[-1], yours[0], yours[-1])
        for (ours, yours), early, late in zip(steps, *starts, strict=False)
    ]


def text(content: str | None) -> str:
    return escape(content or "", quote=False)


def _with_names(content: str | None) -> str:
    return NAME.sub(WHOLE.format(r"\1"), text(content))


def frame(label: str, table: str, is_wide: bool) -> str:
    """Return a table in a frame that scrolls, also by keyboard. `label` and `table`, its content, are HTML."""
    style = "table-scroll table-scroll--wide" if is_wide else "table-scroll"
    return (
        f'<div class="{style}" role="region" tabindex="0" aria-label="{label or "Table"}"><table>{table}</table></div>'
    )


def is_wide(columns: int, cell_texts: Iterable[str]) -> bool:
    return columns >= WIDE_COLUMNS or any(map(UNBROKEN.search, cell_texts))


def is_local(picture: HtmlElement) -> bool:
    """Return whether the `src` of an image element is a path of this site, not a record."""
    return (picture.get("src") or "").startswith("/")


def _key_of(picture: HtmlElement) -> int:
    """Return the key of the image's record, 0 without one."""
    item = mention(picture.get("src"))
    return item.pk if item else 0


def _width_around(picture: HtmlElement) -> str:
    *_, figure = [None, *picture.iterancestors("figure")]  # the outermost, as an image of a gallery may have its own
    if figure is None:
        return ""
    return (figure.get("data-width") or "") if len(list(figure.iter("img"))) == 1 else "gallery"


def _keys_credited_in(figure: HtmlElement) -> list[int]:
    """Return the keys of the images whose credit is in the caption of `figure`: not in that of a figure within."""
    pictures = (picture for picture in figure.iter("img") if next(picture.iterancestors("figure")) is figure)
    return [_key_of(picture) for picture in pictures if not is_local(picture)]


def address_in_words(address: str) -> str:
    """Return a URL as short text, for print."""
    parts = urlsplit(address)
    short = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
    return f"{short[: SHOWN_ADDRESS_LIMIT - 1]}…" if len(short) > SHOWN_ADDRESS_LIMIT else short


def source(address: str) -> str:
    """Return a link with its URL as text, which may break after a slash or before a dot."""
    steps = "<wbr>".join(map(text, re.split(r"(?<=/)|(?=\.)", address_in_words(address))))
    return f'<a href="{escape(address)}" rel="noopener">{steps}</a>'

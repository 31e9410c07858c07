"""Convert the tree of an external text to blocks, by the meaning of elements and not by their look."""

import re
from dataclasses import replace

from lxml.html import HtmlElement

from ops.http.slugs import slug_for
from publishing.importing import lists, tables
from publishing.importing.blocks import BREAK, EDGE, Marks, level_of, new_element, write
from publishing.importing.callouts import take_kind
from publishing.importing.markup import classes_of, style_of
from publishing.importing.notes import TAG as NOTE
from publishing.importing.report import Report
from publishing.richtext.addresses import true_address
from publishing.richtext.allowlist import UNSTORABLE
from publishing.richtext.document import words_of
from publishing.richtext.embeds import EMBED, embed_of
from publishing.richtext.schema import BLOCKS, BLOCKS_INSIDE, ELEMENTS, MEANT

MAX_DEPTH = 100  # nested elements; of deeper ones only the text is taken
EMBEDDED = {"iframe", "video", "audio", "object", "embed", "canvas"}
FORM = {"input", "select", "textarea", "button"}
AROUND = {"nav", "menu", "search"}
HIDDEN = {("display", "none"), ("mso-hide", "all")}
OF_LISTS_AND_TABLES = {"ul", "ol", "li", "table", "tbody", "tr", "th", "td"}
CONTAINERS = {element.tag for element in ELEMENTS if element.holds == BLOCKS_INSIDE} - OF_LISTS_AND_TABLES
RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_OF_TABLE = re.compile(r"tab(?:\.|l|el)", re.IGNORECASE)
_TRACKING_PX = 2
_LOOKS = {"color", "background", "background-color", "font-family", "font-size", "font", "mso-highlight"}
CAPTION = "data-caption"  # marks caption paragraphs while reading; stored texts have no such attribute


class Flow:
    """A sequence of blocks, and the open paragraph that collects text."""

    def __init__(self, has_headings: bool):
        self.has_headings = has_headings
        self.blocks: list = []
        self.open: HtmlElement | None = None
        self.runs: list[tuple[str, Marks]] = []  # the words of the open paragraph
        self.is_listed = False  # whether they may begin with a list marker
        self.waiting: list = []  # images inside the open paragraph, which are placed after it

    def begin(self, tag: str = "p", is_listed: bool = False) -> HtmlElement:
        self.close()
        self.open, self.runs, self.is_listed = new_element(tag), [], is_listed
        return self.open

    def add_text(self, text: str, marks: Marks) -> None:
        if self.open is None:
            if not text.strip():
                return
            self.begin()
        self.runs.append((text, marks))

    def line_break(self, marks: Marks):
        if self.open is None:
            return
        if self.runs and self.runs[-1][0] == BREAK and self.open.tag == "p":
            self.close()  # a double line break is a new paragraph
        else:
            self.runs.append((BREAK, marks))

    def figure(self, block: HtmlElement) -> None:
        (self.blocks if self.open is None else self.waiting).append(block)

    def add(self, *blocks: HtmlElement) -> None:
        self.close()
        self.blocks += blocks

    def close(self) -> None:
        if self.open is not None:
            runs = lists.take_written_marker(self.open, self.runs) if self.is_listed else self.runs
            if any(text.strip(EDGE) for text, _ in runs):
                write(self.open, runs)
                self.blocks.append(self.open)
        self.open, self.runs, self.is_listed = None, [], False
        self.blocks += self.waiting
        self.waiting = []

    def done(self) -> list:
        self.close()
        return _with_captions(lists.nest(self.blocks))


class HtmlReader:
    """A reader of one text. `picture(src, alt)` returns the new src and alt of an image, or None to leave it out."""

    def __init__(self, report: Report, picture):
        self.report = report
        self.picture = picture
        self.headings: set[str] = set()
        self.notes = 0

    def read(self, tree: HtmlElement) -> list:
        """Return the blocks of a text; the tag of a document's title is "title"."""
        headings = [element for element in tree.iter() if level_of(element)]
        self.headings = {slug_for(element.text_content(), "section") for element in headings}
        flow = Flow(has_headings=True)
        self._inside(tree, Marks(), flow, 0)
        return flow.done()

    def _inside(self, element, marks: Marks, flow: Flow, depth: int):
        if element.text:
            flow.add_text(element.text, marks)
        for child in element:
            self._element(child, marks, flow, depth + 1)
            if child.tail:
                flow.add_text(child.tail, marks)

    def _element(self, element, marks: Marks, flow: Flow, depth: int):
        tag, style = element.tag, style_of(element)
        if tag == "iframe" and (embed_value := embed_of(element.get("src") or "")):
            flow.add(new_element("figure", **{EMBED: embed_value}))
            return
        if self._is_left_out(element, tag, style):
            return
        if depth > MAX_DEPTH:
            flow.add_text(f" {element.text_content()} ", marks)
        elif tag == "br":
            flow.line_break(marks)
        elif tag == "hr":
            flow.add(new_element("hr"))
        elif tag == "img":
            self._picture(element, flow)
        elif tag in {"ul", "ol"}:
            self._list(element, tag, marks, flow, depth)
        elif tag == "table":
            self._table(element, marks, flow, depth)
        elif tag == "pre":
            code = new_element("code")
            code.text = element.text_content().strip("\n")
            flow.add(new_element("pre", code))
        elif kind := take_kind(element):
            if blocks := self._flow_of(element, marks, depth):
                flow.add(new_element("aside", *blocks, **{"data-kind": kind}))
        elif tag in CONTAINERS and tag != "aside":
            self._around(element, tag, marks, flow, depth)
        elif level_of(element) or MEANT.get(tag) in {"p", "figcaption", "aside"}:
            self._paragraph(element, tag, style, marks, flow, depth)
        else:
            self._inside(element, self._marks(element, tag, style, marks), flow, depth)

    def _is_left_out(self, element, tag, style) -> bool:
        classes = set(classes_of(element))
        # Comments are counted by their anchors. The source line below a table of this site would be wrong for a copy.
        is_comment_list, is_marker = style.get("mso-element") == "comment-list", style.get("mso-list") == "ignore"
        if is_comment_list or is_marker or tag in {"rt", "rp"} or "table-source" in classes:
            return True
        reasons = {
            "embedded": tag in EMBEDDED,
            "form": tag in FORM,
            "menu": tag in AROUND or element.get("role") in {"navigation", "banner", "search"},
            "deleted": tag == "del",
            "contents": any(name.startswith("MsoToc") for name in classes),
            "hidden": "hidden" in element.attrib or HIDDEN & set(style.items()),
            "comment": classes & {"msocomanchor", "MsoCommentReference"},
        }
        reason = next((name for name, is_so in reasons.items() if is_so), "")
        # Each line of a table of contents is found separately, but they count once. Empty elements are not reported.
        if reason and (reason == "comment" or tag in EMBEDDED | FORM or element.text_content().strip()):
            self.report.counts[reason] = 1 if reason == "contents" else self.report.counts[reason] + 1
        return bool(reason)

    def _marks(self, element, tag, style, marks: Marks) -> Marks:
        meant, bold, slant = MEANT.get(tag), bold_in(style), style.get("font-style", "")
        marks = replace(
            marks,
            bold=marks.bold or meant == "strong" if bold is None else bold,
            italic=slant != "normal" and (marks.italic or meant == "em" or slant in {"italic", "oblique"}),
            code=marks.code or meant == "code",
        )
        if tag in {"s", "strike"} or "line-through" in style.get("text-decoration", ""):
            self.report.counts["struck"] = 1
        if tag == "a" and element.get("href"):
            marks = replace(marks, href=self._address(element.get("href")))
        elif tag == "a" and not (element.get("name") or element.get("id")) and element.text_content().strip():
            self.report.say("link")  # its address had a scheme that `tree_of` removes
        if tag == NOTE:
            self.notes += 1
            marks = replace(marks, note=self.notes)
        if tag in {"sup", "sub"}:
            _raise_or_lower(element, RAISED if tag == "sup" else LOWERED)
        if style.keys() & _LOOKS:
            self.report.counts["looks"] = 1
        return marks

    def _address(self, href: str) -> str:
        address = UNSTORABLE.sub("", true_address(href))
        if address.startswith("#") and address[1:] not in self.headings:
            if not address.startswith(("#_Toc", "#_ftn", "#_edn", "#cmnt", "#_msocom")):
                self.report.say("link")
            return ""
        return address

    def _paragraph(self, element, tag, style, marks, flow: Flow, depth):
        classes = classes_of(element)
        level = element.get("aria-level", "") if element.get("role") == "heading" else ""
        if level.isdigit() and 1 <= int(level) <= 6:
            tag = f"h{level}"
        elif "MsoTitle" in classes:
            tag = "title"
        is_heading = bool(re.fullmatch("h[1-6]|title", tag))
        is_listed = not is_heading and any(name.startswith("MsoListParagraph") for name in classes)
        listed = "" if is_heading else style.get("mso-list", "")
        block = flow.begin(tag if is_heading and flow.has_headings else "p", is_listed and not listed)
        if "MsoCaption" in classes:
            block.set(CAPTION, "")
        if listed:
            signs = [part.text_content() for part in element.iter() if style_of(part).get("mso-list") == "ignore"]
            lists.mark(block, listed, " ".join(signs))
        is_bold = element.tag in {"dt", "summary"} or (is_heading and not flow.has_headings)
        marks = replace(self._marks(element, "", style, marks), bold=is_bold or marks.bold or bool(bold_in(style)))
        self._inside(element, marks, flow, depth)
        flow.close()

    def _around(self, element, tag, marks, flow: Flow, depth):
        inner = Flow(flow.has_headings and tag == "figure")
        self._inside(element, marks, inner, depth)
        blocks = inner.done()
        if tag == "figure":
            # The image or table of a figure is a block of its own already.
            for block in blocks:
                if block.tag == "p":
                    block.set(CAPTION, "")
            flow.add(*_with_captions(blocks))
        elif blocks:
            flow.add(new_element(tag, *blocks))

    def _list(self, element, tag, marks, flow: Flow, depth):
        start = element.get("start") or ""
        start = int(start) if start.isascii() and start.isdigit() and len(start) < 4 else 1
        entries = new_element(tag, start=start) if tag == "ol" else new_element(tag)
        for child in element:
            level = child.get("data-aria-level") or ""
            if child.tag == "li" and level.isascii() and level.isdigit():
                # Word for the web writes each entry as a list of its own, with its level.
                inner = self._flow_of(child, marks, depth)
                for block in inner:
                    block.attrib.pop(lists.LEVEL, None)
                    if block.tag == "p":
                        lists.mark(block, f"level{level}", f"{start}." if tag == "ol" else "·")
                flow.add(*inner)
            elif child.tag in {"ul", "ol"}:
                inner = Flow(has_headings=False)
                self._list(child, child.tag, marks, inner, depth + 1)
                if not len(entries):
                    entries.append(new_element("li", new_element("p")))
                entries[-1].extend(inner.done())
            elif blocks := self._flow_of(child, marks, depth):
                entries.append(new_element("li", *([] if blocks[0].tag == "p" else [new_element("p")]), *blocks))
        if len(entries):
            flow.add(entries)

    def _flow_of(self, element, marks, depth, has_headings=False) -> list:
        flow = Flow(has_headings)
        if depth > MAX_DEPTH:
            flow.add_text(element.text_content(), marks)
        else:
            self._inside(element, self._marks(element, element.tag, style_of(element), marks), flow, depth + 1)
        return flow.done()

    def _table(self, element, marks, flow: Flow, depth):
        rows = tables.rows_of(element)
        if tables.is_layout(element, rows):
            for cell in (cell for row in rows for cell in row if cell.tag in tables.CELLS):
                flow.add(*self._flow_of(cell, marks, depth, flow.has_headings))
            return
        # Bold and links around a table do not apply to its cells.
        table_rows, are_marked = [], []
        for row in rows:
            if cells := [self._cell(cell, depth) for cell in row if cell.tag in tables.CELLS]:
                table_rows.append(new_element("tr", *cells))
                are_marked.append(tables.has_header_markup(row))
        if not table_rows:
            return
        if not tables.mark_header(table_rows, are_marked):
            self.report.say("headless")
        table = new_element("table", new_element("tbody", *table_rows))
        caption = element.find("caption")
        if caption is not None:
            head = _caption(self._flow_of(caption, Marks(), depth))
            if words_of(head):
                table.insert(0, head)
        flow.add(table)

    def _cell(self, cell, depth):
        blocks = []
        for block in self._flow_of(cell, Marks(), depth):
            if block.tag == "table":
                self.report.say("nested_table")
                blocks += [inner for part in block.iter("td", "th") for inner in part]
            else:
                blocks.append(block)
        spans = {name: cell.get(name) for name in ("scope", "colspan", "rowspan") if cell.get(name)}
        return new_element(cell.tag, *(blocks or [new_element("p")]), **spans)

    def _picture(self, element, flow: Flow):
        sides = [element.get(name) or "" for name in ("width", "height")]
        if all(side.isdigit() and int(side) <= _TRACKING_PX for side in sides):
            return
        src_and_alt = self.picture(element.get("src") or "", element.get("alt") or "")
        if src_and_alt:
            src, alt = src_and_alt
            flow.figure(new_element("figure", new_element("img", src=src, alt=alt)))


def bold_in(style: dict[str, str]) -> bool | None:
    """Return whether a style makes text bold; None if it does not say."""
    weight = style.get("font-weight", "")
    if weight.isdecimal():
        return int(weight) >= 600
    return {"bold": True, "bolder": True, "normal": False, "lighter": False}.get(weight)


def _raise_or_lower(element, table):
    """Replace raised or lowered digits by Unicode ones, since the allowlist has no sub or sup."""
    text = element.text or ""
    if len(element) == 0 and text.strip() and all(ord(sign) in table for sign in text.strip()):
        element.text = text.translate(table)


def _caption(blocks: list):
    """Return the text of blocks as a caption in one line, without bold."""
    line = new_element("caption", *blocks)
    for inner in list(line.iterdescendants(*BLOCKS, "strong")):
        inner.text = f" {inner.text or ''}" if inner.tag in BLOCKS else inner.text
        inner.drop_tag()
    return line


def _with_captions(blocks: list) -> list:
    """Move captions into the element they belong to: the image before, or the table before or after."""
    remaining: list = []
    for place, block in enumerate(blocks):
        if block.attrib.pop(CAPTION, None) is not None:
            before = remaining[-1] if remaining else None
            after = blocks[place + 1] if place + 1 < len(blocks) else None
            beside = [neighbour for neighbour in (after, before) if neighbour is not None and neighbour.tag == "table"]
            table = next((neighbour for neighbour in beside if neighbour[0].tag != "caption"), None)
            is_of_table = table is not None and _OF_TABLE.match(words_of(block))
            if not is_of_table and before is not None and before.tag == "figure" and len(before) == 1:
                block.tag = "figcaption"
                before.append(block)
                continue
            if table is not None:
                table.insert(0, _caption([block]))
                continue
        remaining.append(block)
    return remaining

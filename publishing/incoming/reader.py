"""From the tree of a text from elsewhere to blocks: what each thing is, not how it looks."""

import re
from dataclasses import replace

from publishing.incoming import tables
from publishing.incoming.addresses import true_address
from publishing.incoming.blocks import BREAK, Block, Marks
from publishing.incoming.lists import marker_by_style, nest, written_marker
from publishing.incoming.markup import classes_of, style_of
from publishing.incoming.notes import TAG as NOTE
from publishing.incoming.report import Report
from publishing.richtext.schema import MEANT
from publishing.slugs import slug_for

MAX_DEPTH = 100  # elements inside each other; of what lies deeper the words are kept
EMBEDDED = {"iframe", "video", "audio", "object", "embed", "canvas"}
FORM = {"input", "select", "textarea", "button"}
AROUND = {"nav", "menu", "search"}
RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_HEADING = re.compile(r"h[1-6]")
_OF_TABLE = re.compile(r"tab(?:\.|l|el)", re.IGNORECASE)
_TRACKING_PX = 2


class Flow:
    """Blocks one below the other, and the paragraph in which words are being gathered."""

    def __init__(self):
        self.blocks: list[Block] = []
        self.open: Block | None = None
        self.waiting: list[Block] = []  # pictures inside of a paragraph, which stand after it

    def begin(self, tag="p", **values) -> Block:
        self.close()
        self.open = Block(tag, **values)
        return self.open

    def words(self, text: str, marks: Marks):
        if self.open is None:
            if not text.strip():
                return
            self.begin()
        self.open.runs.append((text, marks))

    def line_break(self, marks: Marks):
        if self.open is None:
            return
        if self.open.runs and self.open.runs[-1][0] == BREAK and self.open.tag == "p":
            self.close()  # two of them are how some write a new paragraph
        else:
            self.open.runs.append((BREAK, marks))

    def figure(self, block: Block):
        if self.open is not None:
            self.waiting.append(block)
        else:
            self.blocks.append(block)

    def add(self, *blocks: Block):
        self.close()
        self.blocks += blocks

    def close(self):
        if self.open is not None and self.open.words:
            self.blocks.append(self.open)
        self.open = None
        self.blocks += self.waiting
        self.waiting = []

    def done(self) -> list[Block]:
        self.close()
        return _with_captions(nest(self.blocks))


class Reader:
    """`picture(src, alt)` returns where a picture of the text lies now, as src and alt; None for one to leave out."""

    def __init__(self, report: Report, picture):
        self.report = report
        self.picture = picture
        self.headings: set[str] = set()
        self.notes = 0

    def read(self, tree) -> list[Block]:
        headings = [element for element in tree.iter() if _HEADING.fullmatch(element.tag)]
        self.headings = {slug_for(element.text_content(), "section") for element in headings}
        flow = Flow()
        self._inside(tree, Marks(), flow, 0)
        return flow.done()

    def _inside(self, element, marks: Marks, flow: Flow, depth: int):
        if element.text:
            flow.words(element.text, marks)
        for child in element:
            self._element(child, marks, flow, depth + 1)
            if child.tail:
                flow.words(child.tail, marks)

    def _element(self, element, marks: Marks, flow: Flow, depth: int):
        tag, style = element.tag, style_of(element)
        if self._is_left_out(element, tag, style):
            return
        if depth > MAX_DEPTH:
            flow.words(f" {element.text_content()} ", marks)
        elif tag == "br":
            flow.line_break(marks)
        elif tag == "hr":
            flow.add(Block("hr"))
        elif tag == "img":
            self._picture(element, flow)
        elif tag in {"ul", "ol"}:
            self._list(element, tag, marks, flow, depth)
        elif tag == "table":
            self._table(element, marks, flow, depth)
        elif tag == "pre":
            flow.add(Block("pre", runs=[(element.text_content().strip("\n"), marks)]))
        elif tag in {"blockquote", "figure"}:
            self._around(element, tag, marks, flow, depth)
        elif _HEADING.fullmatch(tag) or MEANT.get(tag) in {"p", "figcaption"}:
            self._paragraph(element, tag, style, marks, flow, depth)
        else:
            self._inside(element, self._marks(element, tag, style, marks), flow, depth)

    def _is_left_out(self, element, tag, style) -> bool:
        classes = classes_of(element)
        if style.get("mso-element") == "comment-list":
            return True  # each has its sign in the text
        is_hidden = (
            style.get("display") == "none" or style.get("mso-hide") == "all" or element.get("hidden") is not None
        )
        reasons = {
            "embedded": tag in EMBEDDED,
            "form": tag in FORM,
            "menu": tag in AROUND or element.get("role") in {"navigation", "banner", "search"},
            "deleted": tag == "del",
            "contents": any(name.startswith("MsoToc") for name in classes),
        }
        reason = next((name for name, is_so in reasons.items() if is_so), "hidden" if is_hidden else "")
        # Of the contents one line each, all of which are one thing; empty husks are nothing that anybody misses.
        if reason and (tag in EMBEDDED | FORM or element.text_content().strip()):
            self.report.counts[reason] = 1 if reason == "contents" else self.report.counts[reason] + 1
        is_sign_of_comment = "msocomanchor" in classes or "MsoCommentReference" in classes
        if is_sign_of_comment and not reason:
            self.report.say("comment")
        # What a page of this site says below a table from the catalogue would not be true of a copy.
        is_said_of_original = "table-source" in classes
        return (
            bool(reason)
            or is_sign_of_comment
            or is_said_of_original
            or style.get("mso-list") == "ignore"
            or tag in {"rt", "rp"}
        )

    def _marks(self, element, tag, style, marks: Marks) -> Marks:
        weight, slant = style.get("font-weight", ""), style.get("font-style", "")
        if MEANT.get(tag) == "strong" or style_is_bold(style):
            marks = replace(marks, bold=True)
        if not style_is_bold(style) and (weight in {"normal", "lighter"} or weight.isdecimal()):
            marks = replace(marks, bold=False)
        if MEANT.get(tag) == "em" or slant in {"italic", "oblique"}:
            marks = replace(marks, italic=True)
        if slant == "normal":
            marks = replace(marks, italic=False)
        if MEANT.get(tag) == "code":
            marks = replace(marks, code=True)
        if tag in {"s", "strike"} or "line-through" in style.get("text-decoration", ""):
            self.report.counts["struck"] = 1
        if tag == "a" and element.get("href"):
            marks = replace(marks, href=self._address(element.get("href")))
        elif tag == "a" and not (element.get("name") or element.get("id")) and element.text_content().strip():
            self.report.say("link")  # of a kind that the first reading leaves out
        if tag == NOTE:
            self.notes += 1
            marks = replace(marks, note=self.notes)
        if tag in {"sup", "sub"}:
            _raise_or_lower(element, RAISED if tag == "sup" else LOWERED)
        if style.keys() & {
            "color",
            "background",
            "background-color",
            "font-family",
            "font-size",
            "font",
            "mso-highlight",
        }:
            self.report.counts["looks"] = 1
        return marks

    def _address(self, href: str) -> str:
        address = true_address(href)
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
        tag = tag if _HEADING.fullmatch(tag) or tag == "title" else "p"
        block = flow.begin(tag, is_caption="MsoCaption" in classes)
        is_term = element.tag in {"dt", "summary"}
        marks = replace(self._marks(element, "", style, marks), bold=is_term or marks.bold or style_is_bold(style))
        listed = style.get("mso-list", "")
        if listed and tag == "p":
            signs = [part.text_content() for part in element.iter() if style_of(part).get("mso-list") == "ignore"]
            block.marker = marker_by_style(listed, " ".join(signs))
        self._inside(element, marks, flow, depth)
        if tag == "p" and block.marker is None and any(name.startswith("MsoListParagraph") for name in classes):
            block.marker = written_marker(block)
        flow.close()

    def _around(self, element, tag, marks, flow: Flow, depth):
        inner = Flow()
        self._inside(element, marks, inner, depth)
        blocks = inner.done()
        if tag == "figure":
            # What is known of it, a picture or a table, stands by itself already.
            for block in blocks:
                block.is_caption = block.is_caption or block.tag == "p"
            flow.add(*_with_captions(blocks))
        elif blocks:
            flow.add(Block(tag, children=[_plain_heading(block) for block in blocks]))

    def _list(self, element, tag, marks, flow: Flow, depth):
        start = element.get("start") or ""
        start = int(start) if start.isascii() and start.isdigit() and len(start) < 4 else 1
        made = Block(tag, attributes={"start": start} if tag == "ol" and start > 1 else {})
        for child in element:
            level = child.get("data-aria-level") or ""
            if child.tag == "li" and level.isascii() and level.isdigit():
                # Word in a browser: each entry is a list of its own that says its level.
                inner = self._flow_of(child, marks, depth)
                words = f"{start}." if tag == "ol" else "·"
                for block in inner:
                    block.marker = marker_by_style(f"level{level}", words) if block.tag == "p" else None
                flow.add(*inner)
            elif child.tag in {"ul", "ol"}:
                inner = Flow()
                self._list(child, child.tag, marks, inner, depth + 1)
                if not made.children:
                    made.children.append(Block("li", children=[Block("p")]))
                made.children[-1].children += inner.done()
            else:
                blocks = [_plain_heading(block) for block in self._flow_of(child, marks, depth)]
                if blocks:
                    first = [] if blocks[0].tag == "p" else [Block("p")]
                    made.children.append(Block("li", children=[*first, *blocks]))
        if made.children:
            flow.add(made)

    def _flow_of(self, element, marks, depth) -> list[Block]:
        flow = Flow()
        if depth > MAX_DEPTH:
            flow.words(element.text_content(), marks)
        else:
            self._inside(element, self._marks(element, element.tag, style_of(element), marks), flow, depth + 1)
        return flow.done()

    def _table(self, element, marks, flow: Flow, depth):
        rows = tables.rows_of(element)
        if tables.is_layout(element, rows):
            for cell in (cell for row in rows for cell in row if cell.tag in {"td", "th"}):
                flow.add(*self._flow_of(cell, marks, depth))
            return
        # A table is no part of the bold or the link around it.
        made, said = [], []
        for row in rows:
            cells = [self._cell(cell, depth) for cell in row if cell.tag in {"td", "th"}]
            if cells:
                made.append(Block("tr", children=cells))
                said.append(tables.is_said_to_be_header(row))
        if not made:
            return
        if not tables.mark_header(made, said):
            self.report.say("headless")
        for cell in (cell for row in made for cell in row.children if cell.tag == "th"):
            for block in cell.every():
                block.runs = [(text, replace(run, bold=False)) for text, run in block.runs]
        caption = element.find("caption")
        head = []
        if caption is not None:
            runs = _one_line(self._flow_of(caption, Marks(), depth))
            head = [Block("caption", runs=runs)] if runs else []
        flow.add(Block("table", children=[*head, Block("tbody", children=made)]))

    def _cell(self, cell, depth) -> Block:
        blocks = []
        for block in self._flow_of(cell, Marks(), depth):
            if block.tag == "table":
                self.report.say("nested_table")
                blocks += [inner for row in block.every() if row.tag in {"td", "th"} for inner in row.children]
            else:
                blocks.append(_plain_heading(block))
        scope = {"scope": cell.get("scope")} if cell.tag == "th" and cell.get("scope") else {}
        return Block(cell.tag, children=blocks or [Block("p")], attributes={**scope, **tables.spans_of(cell)})

    def _picture(self, element, flow: Flow):
        sides = [element.get(name) or "" for name in ("width", "height")]
        if all(side.isdigit() and int(side) <= _TRACKING_PX for side in sides):
            return
        found = self.picture(element.get("src") or "", element.get("alt") or "")
        if found:
            src, alt = found
            flow.figure(Block("figure", children=[Block("img", attributes={"src": src, "alt": alt})]))


def style_is_bold(style) -> bool:
    weight = style.get("font-weight", "")
    return weight in {"bold", "bolder"} or (weight.isdecimal() and int(weight) >= 600)


def _raise_or_lower(element, table):
    """Let small digits stay small: the list has no raised or lowered words."""
    words = element.text or ""
    if len(element) == 0 and words.strip() and all(ord(sign) in table for sign in words.strip()):
        element.text = words.translate(table)


def _plain_heading(block: Block) -> Block:
    """A heading where none can stand, as a bold paragraph."""
    if block.level or block.tag == "title":
        return Block("p", runs=[(text, replace(marks, bold=True)) for text, marks in block.runs])
    return block


def _one_line(blocks: list[Block]) -> list:
    runs = []
    for block in blocks:
        for part in block.every():
            runs += [*([(" ", Marks())] if runs and part.runs else []), *part.runs]
    return runs


def _with_captions(blocks: list[Block]) -> list[Block]:
    """Paragraphs that are captions put into what they belong to: the picture before, or the table beside."""
    kept: list[Block] = []
    for place, block in enumerate(blocks):
        if block.is_caption:
            before = kept[-1] if kept else None
            after = blocks[place + 1] if place + 1 < len(blocks) else None
            tables_beside = [one for one in (after, before) if one is not None and one.tag == "table"]
            table = next((one for one in tables_beside if one.children[0].tag != "caption"), None)
            is_of_table = table is not None and _OF_TABLE.match(block.words)
            if not is_of_table and before is not None and before.tag == "figure" and len(before.children) == 1:
                before.children.append(Block("figcaption", runs=block.runs))
                continue
            if table is not None:
                table.children.insert(0, Block("caption", runs=block.runs))
                continue
            block.is_caption = False
        kept.append(block)
    return kept

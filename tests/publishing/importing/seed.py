"""A long marketing text as the three kinds of file that an editor may import, made here from its words."""

import re
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

NAME = "generative-ai-vs-llm.txt"
PLACES = [parent / "shared" / "seed" for parent in Path(__file__).resolve().parents]
TITLE = "Generative AI vs LLM"
# Headings of the text, by level; the source does not mark them.
SECTIONS = [
    "LLMs (Large Language Models): Precursor To GenAI",
    "Generative AI",
    "Generative AI vs LLM Head-to Head Comparison",
    "When to Use Generative AI?",
    "When to Use LLMs?",
    "Final Thoughts on Generative AI vs LLM",
    "FAQs",
]
SUBSECTIONS = [
    "Applications of LLMs:",
    "Standard Process of Creating LLMs",
    "Examples of LLM Models",
    "Applications of Generative AI:",
    "Here is what the GenAi development process looks like:",
    "Examples of GenAI Models",
]
PROCESSES = {"Standard Process of Creating LLMs", "Here is what the GenAi development process looks like:"}


@dataclass
class Piece:
    """A heading (level 1 to 3), a paragraph, a list or a table of the text."""

    kind: str
    words: str = ""
    level: int = 0
    items: list = field(default_factory=list)
    is_ordered: bool = False


def seed_pieces() -> list[Piece]:
    """Return the pieces of the text. Skips the test if the file is not beside the checkout."""
    path = next((place / NAME for place in PLACES if (place / NAME).exists()), None)
    if path is None:
        pytest.skip(f"../shared/seed/{NAME} is not beside this checkout.")
    pieces, section = [Piece("heading", TITLE, 1)], ""
    for line in filter(None, map(str.strip, path.read_text(encoding="utf-8").splitlines())):
        last = pieces[-1]
        if line.startswith("- "):
            if last.kind != "list":
                pieces.append(last := Piece("list", is_ordered=section in PROCESSES))
            last.items.append(line[2:])
        elif line.startswith("| "):
            if last.kind != "table":
                pieces.append(last := Piece("table"))
            last.items.append([cell.strip() for cell in line.strip("|").split("|")])
        elif line in SECTIONS or line in SUBSECTIONS or re.match(r"\d\. .+:$", line) or is_question(line, pieces):
            section = line
            pieces.append(Piece("heading", line, 2 if line in SECTIONS else 3))
        else:
            pieces.append(Piece("paragraph", line))
    return pieces


def is_question(line: str, pieces) -> bool:
    return line.endswith("?") and any(piece.words == "FAQs" for piece in pieces)


def as_html(pieces) -> bytes:
    parts = []
    for piece in pieces:
        if piece.kind == "heading":
            parts.append(f"<h{piece.level}>{escape(piece.words)}</h{piece.level}>")
        elif piece.kind == "paragraph":
            parts.append(f'<p style="color:#333;font-family:Arial">{escape(piece.words)}</p>')
        elif piece.kind == "list":
            tag = "ol" if piece.is_ordered else "ul"
            parts.append(f"<{tag}>{''.join(f'<li>{escape(item)}</li>' for item in piece.items)}</{tag}>")
        else:
            head, *rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in piece.items)
            body = "".join(f"<tr>{row}</tr>" for row in rows)
            parts.append(f"<table border=1><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    head = f"<head><meta charset=utf-8><title>{TITLE}</title><style>p {{ margin: 0 }}</style></head>"
    return f"<!DOCTYPE html><html>{head}<body>{''.join(parts)}</body></html>".encode()


def as_markdown(pieces) -> bytes:
    parts = []
    for piece in pieces:
        if piece.kind == "heading":
            parts.append(f"{'#' * piece.level} {marked(piece.words)}")
        elif piece.kind == "paragraph":
            parts.append(marked(piece.words))
        elif piece.kind == "list":
            signs = [f"{number}." if piece.is_ordered else "-" for number in range(1, len(piece.items) + 1)]
            parts.append("\n".join(f"{sign} {marked(item)}" for sign, item in zip(signs, piece.items, strict=True)))
        else:
            rows = [f"| {' | '.join(map(marked, row))} |" for row in piece.items]
            rows.insert(1, f"|{' --- |' * len(piece.items[0])}")
            parts.append("\n".join(rows))
    return "\n\n".join(parts).encode()


def marked(words: str) -> str:
    """Return the words escaped so that Markdown reads them as plain text."""
    return re.sub(r"^(\d+)\.", r"\1\\.", words.replace("*", r"\*").replace("_", r"\_").replace("<", "&lt;"))


# Word ----------------------------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>
<Default Extension="emf" ContentType="image/x-emf"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/word/numbering.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>
<Override PartName="/word/footnotes.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/>
</Types>"""
STYLE_NAMES = {
    "Title": "Title",
    "Heading1": "heading 1",
    "Heading2": "heading 2",
    "Heading3": "heading 3",
    "ListParagraph": "List Paragraph",
    "Caption": "caption",
}
NUMBERING = f"""<?xml version="1.0" encoding="UTF-8"?><w:numbering {W}>
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>"""


def as_word(pieces) -> bytes:
    parts = []
    for piece in pieces:
        if piece.kind == "heading":
            parts.append(paragraph(piece.words, f"Heading{piece.level}"))
        elif piece.kind == "paragraph":
            parts.append(paragraph(piece.words))
        elif piece.kind == "list":
            parts += [paragraph(item, "ListParagraph", number=2 if piece.is_ordered else 1) for item in piece.items]
        else:
            parts.append(table(piece.items))
    return document("".join(parts))


def paragraph(words: str, style: str = "", number: int = 0, level: int = 0, bold: bool = False) -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    look = f"<w:rPr>{'<w:b/>' * bold}<w:color w:val='FF0000'/><w:sz w:val='28'/></w:rPr>"
    text = f'<w:r>{look}<w:t xml:space="preserve">{escape(words)}</w:t></w:r>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{text}</w:p>"


def table(rows, style: str = "GridTable4-Accent1", bold: bool = False) -> str:
    """Return a table whose style formats the first row as a header, as Word makes them."""
    lines = []
    for place, row in enumerate(rows):
        cells = (f"<w:tc><w:tcPr/>{paragraph(cell, bold=bold and not place)}</w:tc>" for cell in row)
        lines.append(f"<w:tr>{''.join(cells)}</w:tr>")
    look = f'<w:tblStyle w:val="{style}"/><w:tblLook w:val="04A0" w:firstRow="1" w:firstColumn="1"/>'
    return f"<w:tbl><w:tblPr>{look}</w:tblPr><w:tblGrid/>{''.join(lines)}</w:tbl>"


def document(body: str, more: dict | None = None, relations: str = "") -> bytes:
    """Return a .docx with `body` in it. `more` adds parts to the archive, or replaces them."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in STYLE_NAMES.items()
    )
    schema = "http://schemas.openxmlformats.org/package/2006/relationships"
    links = "".join(
        f'<Relationship Id="r{name}" Type="{RELATIONS}/{name}" Target="{name}.xml"/>'
        for name in ("styles", "numbering", "footnotes")
    )
    spaces = (
        f'{W} xmlns:r="{RELATIONS}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    )
    root = f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>'
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{schema}">{root}</Relationships>',
        "word/document.xml": f'<?xml version="1.0"?><w:document {spaces}><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
        "word/numbering.xml": NUMBERING,
        "word/footnotes.xml": f"<w:footnotes {W}/>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{schema}">{links}{relations}</Relationships>',
    } | (more or {})
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()

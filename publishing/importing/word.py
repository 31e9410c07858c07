"""Convert Word documents to HTML. The archive and its XML are checked before mammoth reads them."""

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import mammoth
from django.core.exceptions import ValidationError
from lxml import etree

from publishing.importing.report import Report

MOST_PARTS = 3_000
MOST_UNPACKED_BYTES = 120 * 1024 * 1024
MOST_XML_BYTES = 12 * 1024 * 1024  # in total
MOST_PICTURE_BYTES = 30 * 1024 * 1024  # in total, each time that one is shown
MOST_TAGS = 28_000  # in total, about 35 pages; an import of as many takes a second of processor time
MOST_PARAGRAPHS = 15_000
MAIN = re.compile(r"word/document[0-9]*\.xml")
XML_BEGINS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<", b"\0\0\0<")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TITLE = "{http://purl.org/dc/elements/1.1/}title"
# Content visible in Word that has no equivalent in HTML.
UNREADABLE = {
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
    f"{W}object",
}
# Table styles that do not set off the first row.
PLAIN_STYLES = {"", "TableGrid", "TableNormal", "Tabellenraster", "Grilledutableau", "PlainTable"}
STYLES = """
p[style-name='Title'] => p.MsoTitle:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Caption'] => p.MsoCaption:fresh
p[style-name='caption'] => p.MsoCaption:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='HTML Preformatted'] => pre:separator('\\n')
p[style-name='toc 1'] => p.MsoToc1:fresh
p[style-name='toc 2'] => p.MsoToc2:fresh
p[style-name='toc 3'] => p.MsoToc3:fresh
p[style-name='toc heading'] => p.MsoToc1:fresh
p[style-name='TOC Heading'] => p.MsoToc1:fresh
r[style-name='Emphasis'] => em
r[style-name='HTML Code'] => code
strike => s
"""
BROKEN = "This Word document is damaged. Open it in Word, save it again and retry."
# Exceptions of mammoth and its dependencies for documents that no word processor writes.
DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, NotImplementedError, EOFError)
DAMAGE += (zipfile.BadZipFile, zlib.error, RuntimeError, AssertionError)


def html_of_document(content: bytes, report: Report) -> tuple[str, str]:
    """Return the HTML of a .docx with embedded images, and its title or "". Raises ValidationError for the editor."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            prepared, title = _prepared(archive, report)
    except (*DAMAGE, etree.XMLSyntaxError) as error:
        raise ValidationError(BROKEN) from error
    try:
        result = mammoth.convert_to_html(
            prepared,
            style_map=STYLES,
            include_embedded_style_map=False,  # so that documents cannot define their own conversion
            external_file_access=False,
            convert_image=mammoth.images.img_element(_embedding()),
        )
    except DAMAGE as error:
        raise ValidationError(BROKEN) from error
    return result.value, title


def _embedding() -> Callable[[Any], dict]:
    """Return mammoth's converter of the pictures of one document, which may show one part many times."""
    left = MOST_PICTURE_BYTES

    def embedded(image) -> dict:
        nonlocal left
        with image.open() as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise ValidationError(TOO_MUCH)
        return {"src": f"data:{image.content_type};base64,{base64.b64encode(content).decode('ascii')}"}

    return embedded


def _prepared(archive: zipfile.ZipFile, report: Report):
    """Return a new archive of checked parts, and the title in its properties."""
    parts = archive.infolist()
    xml = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
    if not any(MAIN.fullmatch(part.filename) for part in parts):
        raise ValidationError("This is an archive, not a Word document (.docx).")
    unpacked, of_xml = (sum(part.file_size for part in group) for group in (parts, xml))
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES or of_xml > MOST_XML_BYTES:
        raise ValidationError(TOO_MUCH)
    if any(part.flag_bits & 0x1 for part in parts):
        raise ValidationError(PROTECTED)
    title, tags, buffer = "", 0, io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as copy:
        for part in parts:
            content = archive.read(part)
            if part in xml:
                tags += content.count(b"<")
                if tags > MOST_TAGS:
                    raise ValidationError(TOO_MUCH)
                tree = _tree(content)
                if part.filename == "docProps/core.xml":
                    title = tree.findtext(TITLE) or title
                _look_at(tree, part.filename, report)
                content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
            elif content.lstrip().startswith(XML_BEGINS):
                continue  # XML in a part with another suffix would escape the checks
            copy.writestr(part.filename, content)
    buffer.seek(0)
    return buffer, title.strip()


def _look_at(tree, name: str, report: Report):
    """Fix markup that mammoth would miss, and report content that it leaves out."""
    if name == "word/comments.xml":
        report.say("comment", sum(1 for _ in tree.iter(f"{W}comment")))
    if MAIN.fullmatch(name):
        if sum(1 for _ in tree.iter(f"{W}p")) > MOST_PARAGRAPHS:
            raise ValidationError(TOO_MUCH)
        _mark_header_rows(tree)
        report.say("formula", sum(1 for _ in tree.iter(*UNREADABLE)))
        report.say("deleted", sum(1 for passage in tree.iter(f"{W}del") if passage.find(f".//{W}delText") is not None))


TOO_MUCH = "This document is too large when unpacked. Split it and import the parts."
PROTECTED = "This document is password-protected. Save it without a password and try again."


def _tree(content: bytes):
    """Parse XML. Raises ValueError if it declares a document type, which no word processor does."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    tree = etree.fromstring(content, parser)
    if tree.getroottree().docinfo.doctype or tree.getroottree().docinfo.internalDTD is not None:
        raise ValueError("The file declares a document type.")
    return tree


def _mark_header_rows(tree):
    """Mark the first row of tables as header if their style sets it off. Word itself does so only once the row is set
    to repeat on each page."""
    for table in tree.iter(f"{W}tbl"):
        row, properties = table.find(f"{W}tr"), table.find(f"{W}tblPr")
        if row is None or properties is None:
            continue
        style, look = properties.find(f"{W}tblStyle"), properties.find(f"{W}tblLook")
        if look is None or style is None or style.get(f"{W}val", "") in PLAIN_STYLES:
            continue
        value = look.get(f"{W}val", "0")
        by_number = value.isalnum() and len(value) <= 8 and bool(int(value, 16) & 0x20)
        if look.get(f"{W}firstRow") in {"1", "true", "on"} or (look.get(f"{W}firstRow") is None and by_number):
            if row.find(f"{W}trPr") is None:
                row.insert(1 if len(row) and row[0].tag == f"{W}tblPrEx" else 0, row.makeelement(f"{W}trPr", {}))
            header = row.find(f"{W}trPr")
            if header.find(f"{W}tblHeader") is None:
                etree.SubElement(header, f"{W}tblHeader")

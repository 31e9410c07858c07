"""Read uploaded files. Their type is determined by their content, not by their names alone."""

import codecs
import re
from dataclasses import replace
from html import unescape
from pathlib import PurePath

from django.core.exceptions import ValidationError

from publishing.content.permissions import AnyUser
from publishing.images.upload import size_in_words
from publishing.importing import markdown, word
from publishing.importing.conversion import ImportedText, convert_document
from publishing.importing.report import Report
from publishing.richtext.allowlist import UNSTORABLE

OLD_WORD = "This is a document of an old Word version (.doc). Open it and save it as .docx."
MAX_BYTES = 20 * 1024 * 1024
WORD, HTML, MARKDOWN = {"docx"}, {"html", "htm", "xhtml"}, {"md", "markdown", "mdown", "txt"}
ACCEPTED = ".docx, .md or .html"
OLD_OFFICE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
# The first bytes of other file types, and the error messages.
OTHERS = {
    b"%PDF": "This is a PDF. Open the original document and save it as .docx.",
    b"{\\rtf": "This is an RTF file. Open it in a word processor and save it as .docx.",
    b"\x89PNG": "This is an image. Add it under Images.",
    b"\xff\xd8\xff": "This is an image. Add it under Images.",
    b"GIF8": "This is an image. Add it under Images.",
}
_TITLE = re.compile(r"<title[^<>]*>(.{0,1000}?)</title>", re.IGNORECASE | re.DOTALL)


def convert_file(name: str, content: bytes, user: AnyUser) -> ImportedText:
    """Convert a file, titled by its text or else its name. Raises ValidationError with a sentence for the editor."""
    name = PurePath(name.replace("\\", "/")).name
    stem, suffix = PurePath(name).stem, PurePath(name).suffix.lower().lstrip(".")
    if not content.strip():
        raise ValidationError("This file is empty.")
    report = Report()
    kind = _kind(suffix, content)
    if kind == "word":
        html, title = word.html_of_document(content, report)
    elif kind == "html":
        html = text_of(content)
        title = unescape(match[1]) if (match := _TITLE.search(html[:20_000])) else ""
        html = _main_part(html)
    else:
        html, title = markdown.html_of(text_of(content), report)
    taken = convert_document(html, user, stem or "a file", report)
    if not taken.html:
        raise ValidationError("This file contains no text.")
    # The marked title of the text comes first, then the title in the file's metadata, then the file name.
    spoken = " ".join(re.sub(r"[_-]+", " ", stem).split())
    best_title = taken.title if taken.is_titled else title or taken.title
    return replace(taken, title=" ".join(UNSTORABLE.sub("", best_title).split()) or spoken)


def check_size(size_bytes: int) -> None:
    """Raise ValidationError if a file is too large."""
    if size_bytes > MAX_BYTES:
        limit = size_in_words(MAX_BYTES)
        raise ValidationError(f"This file is {size_in_words(size_bytes)}; the maximum is {limit}.")


def _kind(suffix: str, content: bytes) -> str:
    if content.startswith(OLD_OFFICE):
        is_protected = "EncryptedPackage".encode("utf-16-le") in content
        raise ValidationError(word.PROTECTED if is_protected else OLD_WORD)
    for beginning, sentence in OTHERS.items():
        if content.startswith(beginning):
            raise ValidationError(sentence)
    if content.startswith(ZIP):
        if suffix in WORD:
            return "word"
        raise ValidationError(f"This file is named “.{suffix}” but is an archive or a Word document. Rename it.")
    if suffix in WORD:
        raise ValidationError("This file is named “.docx” but is not a Word document.")
    if suffix in HTML:
        return "html"
    if suffix in MARKDOWN:
        return "markdown"
    raise ValidationError(f"This file type cannot be imported. Choose a {ACCEPTED} file.")


def text_of(content: bytes) -> str:
    """Decode a file by its byte order mark, as UTF-8 or as Windows-1252. Raises ValidationError if it is not text."""
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError("This file cannot be read as text. Save it with the encoding UTF-8 and try again.")


def _main_part(html: str) -> str:
    """Return the content of the only `<main>` of a page, else of its only `<article>`, else all of it."""
    for name in ("main", "article"):
        starts = list(re.finditer(rf"<{name}\b[^<>]*>", html, re.IGNORECASE))
        end = html.lower().rfind(f"</{name}>")
        if len(starts) == 1 and end > starts[0].end():
            return html[starts[0].end() : end]
    return html

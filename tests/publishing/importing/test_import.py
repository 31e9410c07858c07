"""Files that become drafts."""

import re
from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html as lxml_html

from articles.models import Article, CaseStudy
from faq.models import Question
from publishing.content.publishable import State
from publishing.images.models import Image
from publishing.revisions.models import Revision
from publishing.richtext import clean
from tests import factories
from tests.publishing.content.test_permissions import ARTICLES, sign_in
from tests.publishing.importing import seed

pytestmark = pytest.mark.django_db


def send(client, name, content, at=ARTICLES):
    return client.post(f"{at}import/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def problem(response) -> str:
    """Return the page's messages about a file that is rejected."""
    assert response.status_code == 200
    assert not Article.objects.exists()
    assert not Image.objects.exists()
    assert not Revision.objects.exists()
    [words] = re.findall(r'<ul class="errorlist"[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)
    return lxml_html.fromstring(words).text_content().strip()


def said(response) -> str:
    return " ".join(lxml_html.fromstring(response.content).xpath("string(//ul[@class='messagelist'])").split())


MAKERS = {"docx": seed.as_word, "html": seed.as_html, "md": seed.as_markdown}


@pytest.mark.parametrize("suffix", MAKERS)
def test_the_long_text_becomes_one_draft_with_everything_in_its_place(client, suffix):
    person = sign_in(client, "Author")
    pieces = seed.seed_pieces()
    response = send(client, f"generative-ai-vs-llm.{suffix}", MAKERS[suffix](pieces))
    [article] = Article.objects.all()
    assert response.redirect_chain[-1][0] == f"{ARTICLES}{article.pk}/change/"
    assert (article.title, article.state, article.owner) == (seed.TITLE, State.DRAFT, person)
    tree = lxml_html.fragment_fromstring(article.body, create_parent="div")
    headings = [(int(element.tag[1]), element.text_content()) for element in tree.iter("h2", "h3", "h4")]
    wanted = [(piece.level, piece.words) for piece in pieces if piece.kind == "heading" and piece.level > 1]
    assert len(wanted) == 31
    assert headings == wanted
    [table] = tree.iter("table")
    rows = [[cell.text_content() for cell in row] for row in table.iter("tr")]
    assert rows == next(piece.items for piece in pieces if piece.kind == "table")
    assert len(rows) == 13  # twelve below their header row
    assert [cell.tag for cell in table.iter("tr", "th", "td")][:5] == ["tr", "th", "th", "th", "tr"]
    lists = [[item.text_content() for item in part] for part in tree.iter("ul", "ol")]
    assert lists == [piece.items for piece in pieces if piece.kind == "list"]
    assert [len(part) for part in tree.iter("ol")] == [7, 7]
    words = " ".join(tree.text_content().split())
    for piece in pieces:
        assert piece.kind != "paragraph" or piece.words in words
    assert article.body == clean(article.body)
    [revision] = Revision.objects.of(article)
    assert revision.note == f"Imported from generative-ai-vs-llm.{suffix}"
    assert revision.author == person
    assert "31 headings, 6 lists, 1 table" in said(response)
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.count('<th scope="col">') == 3


def test_each_kind_of_text_has_the_button_and_the_import_makes_its_kind(client):
    sign_in(client, "Editor")
    for at in (ARTICLES, "/admin/articles/casestudy/", "/admin/faq/question/"):
        assert f'href="{at}import/"' in client.get(at).content.decode()
    send(client, "case.md", b"# A case\n\nWords.", at="/admin/articles/casestudy/")
    assert CaseStudy.objects.get().kind == "case_study"
    send(client, "why.md", b"# Why?\n\nBecause.", at="/admin/faq/question/")
    question = Question.objects.get()
    assert (question.question, question.answer, question.state) == ("Why?", "<p>Because.</p>", State.DRAFT)


def test_only_who_may_add_texts_may_import(client):
    sign_in(client, "Catalogue manager")
    assert client.get(f"{ARTICLES}import/").status_code == 403
    assert send(client, "a.md", b"# A\n\nWords.").status_code == 403
    assert not Article.objects.exists()
    assert client.logout() is None
    assert client.get(f"{ARTICLES}import/").status_code == 302


def test_word_pictures_notes_lists_and_captions_come_along(client):
    sign_in(client, "Editor")
    pixels = factories.picture_file().read()
    drawing = (
        '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="{alt}"/>'
        '<a:graphic><a:graphicData uri="x"><pic:pic><pic:blipFill><a:blip r:embed="{key}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    note = '<w:p><w:r><w:t>Text</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t> on.</w:t></w:r></w:p>'
    body = (
        seed.paragraph("A guide", "Title")
        + seed.paragraph("First", "Heading1")
        + note
        + seed.paragraph("Outer", "ListParagraph", number=1)
        + seed.paragraph("Inner", "ListParagraph", number=1, level=1)
        + drawing.format(alt="A lighthouse", key="rPic")
        + seed.paragraph("At dusk", "Caption")
        + drawing.format(alt="", key="rOther")
        + drawing.format(alt="Chart", key="rEmf")
        + seed.paragraph("Table 1: Prices", "Caption")
        + seed.table([["Meter", "Price"], ["Input", "1"]], style="TableGrid", bold=True)
        + seed.paragraph("Second", "Heading1")
        + seed.paragraph("End.")
    )
    files = {"rPic": "one.png", "rOther": "two.png", "rEmf": "three.emf"}
    relations = "".join(
        f'<Relationship Id="{key}" Type="{seed.RELATIONS}/image" Target="media/{name}"/>' for key, name in files.items()
    )
    words = "<w:p><w:r><w:t>The source.</w:t></w:r></w:p>"
    footnotes = f'<w:footnotes {seed.W}><w:footnote w:id="2">{words}</w:footnote></w:footnotes>'
    parts = {
        "word/footnotes.xml": footnotes,
        "word/media/one.png": pixels,
        "word/media/two.png": factories.picture_file(colour="navy").read(),
        "word/media/three.emf": b"\x01\x00\x00\x00 no picture of the web",
    }
    response = send(client, "guide.docx", seed.document(body, parts, relations))
    article = Article.objects.get()
    one, two = Image.objects.order_by("pk")
    assert article.title == "A guide"
    assert article.body == (
        '<h2 id="first">First</h2><p>Text<small>The source.</small> on.</p>'
        "<ul><li><p>Outer</p><ul><li><p>Inner</p></li></ul></li></ul>"
        f'<figure><img src="ref:publishing.image/{one.pk}" alt="A lighthouse"><figcaption>At dusk</figcaption></figure>'
        f'<figure><img src="ref:publishing.image/{two.pk}" alt="Needs alternative text: image 2 of guide"></figure>'
        "<table><caption>Table 1: Prices</caption><tbody><tr><th><p>Meter</p></th><th><p>Price</p></th></tr>"
        "<tr><td><p>Input</p></td><td><p>1</p></td></tr></tbody></table>"
        '<h2 id="second">Second</h2><p>End.</p>'
    )
    assert (one.alt, two.alt) == ("A lighthouse", "Needs alternative text: image 2 of guide")
    assert "1 image that is damaged, too large or of a kind that browsers do not show" in said(response)
    assert "1 image has no alternative text" in said(response)


def test_the_same_picture_is_not_stored_twice(client):
    sign_in(client, "Editor")
    known = factories.image(alt="Known")
    data = f"data:image/png;base64,{b64encode(factories.picture_file().read()).decode()}"
    send(client, "a.html", f'<h1>A</h1><p>x <img src="{data}"> y</p>'.encode())
    assert Article.objects.get().body == (
        f'<p>x y</p><figure><img src="ref:publishing.image/{known.pk}" alt="Known"></figure>'
    )
    assert Image.objects.count() == 1


TITLES = [
    ("x.html", b"<title>Of the page</title><h1>Of the text</h1><p>a", "Of the text", "<p>a</p>"),
    ("x.html", b"<title>A &amp; B</title><h2>Part</h2><p>a", "A & B", '<h2 id="part">Part</h2><p>a</p>'),
    (
        "x.md",
        b"# One\n\na\n\n# Two\n\n### Deep\n\nb",
        "One",
        '<h2 id="one">One</h2><p>a</p><h2 id="two">Two</h2><h3 id="deep">Deep</h3><p>b</p>',
    ),
    ("what_a-token.md", b"Only words.", "what a token", "<p>Only words.</p>"),
    ("x.md", b'---\ntitle: "From the front"\n---\nWords.', "From the front", "<p>Words.</p>"),
    ("x.md", b"---\nTitle: >-\n  A long\n  title\n\nlayout: x\n---\nWords.", "A long title", "<p>Words.</p>"),
    ("x.html", b"<nav>Menu</nav><main><h1>T</h1><p>a</main><footer>f</footer>", "T", "<p>a</p>"),
    ("x.md", f"# {'n' * 300}\n\nWords.".encode(), "n" * 199 + "…", f"<p>{'n' * 300}</p><p>Words.</p>"),
]


@pytest.mark.parametrize(("name", "content", "title", "body"), TITLES)
def test_title_is_that_of_the_text_or_of_the_file(client, name, content, title, body):
    sign_in(client, "Editor")
    send(client, name, content)
    article = Article.objects.get()
    assert (article.title, article.body) == (title, body)


def test_unused_keys_of_the_front_matter_are_named(client):
    sign_in(client, "Editor")
    front = "Title: A\ntags:\n  - x\ndescription: Words: more\nhttps://x\n# no: key"
    words = said(send(client, "x.md", f"---\n{front}\n---\nWords.".encode()))
    assert "Not taken from the front matter: tags, description." in words


def test_code_of_mdx_before_the_text_is_left_out_and_said(client):
    sign_in(client, "Editor")
    code = "import { Chart } from '../chart.js'\nimport \"./styles.css\";\n\nexport const year = 2026;\n"
    words = said(
        send(client, "x.md", f"---\ntitle: A\n---\n{code}\nimport of goods from\nabroad. export of `x`".encode())
    )
    assert "3 lines of code before the text" in words
    assert Article.objects.get().body == "<p>import of goods from abroad. export of <code>x</code></p>"


ENCODED = {
    "utf-8": "<p>Größe – 5 €</p>".encode(),
    "utf-8 with mark": "\ufeff<p>Größe – 5 €</p>".encode(),
    "utf-16": "<p>Größe – 5 €</p>".encode("utf-16"),
    "windows by its word": b'<meta charset="windows-1252">' + "<p>Größe – 5 €</p>".encode("cp1252"),
    "latin 1, as browsers read it": b'<meta charset="iso-8859-1">' + "<p>Größe – 5 €</p>".encode("cp1252"),
    "by an older word": b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'
    + "<p>Größe – 5 €</p>".encode("cp1252"),
    "without a word": "<p>Größe – 5 €</p>".encode("cp1252"),
    "a word that is no encoding": b'<meta charset="zip">' + "<p>Größe – 5 €</p>".encode(),
    "a word that runs": b'<meta charset="unicode_escape">' + "<p>Größe – 5 €</p>".encode(),
}


@pytest.mark.parametrize("how", ENCODED)
def test_a_page_is_read_in_its_encoding(client, how):
    sign_in(client, "Editor")
    send(client, "a.html", ENCODED[how])
    assert Article.objects.get().body == "<p>Größe – 5 €</p>"


def with_main_part(xml: bytes) -> bytes:
    return seed.document("", {"word/document.xml": xml})


BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>&b;</w:body></w:document>'
)
OUTSIDE = BILLION.replace(b'<!ENTITY a "ha">', b'<!ENTITY a SYSTEM "file:///etc/passwd">')
DEEP = f"<w:document {seed.W}>{'<w:p>' * 5000}{'</w:p>' * 5000}</w:document>".encode()
PICTURE = (
    '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata r:id="rPic"/></v:shape></w:pict></w:r>'
)
HOSTILE = {
    "empty": ("a.docx", b"", "The submitted file is empty."),
    "spaces": ("a.md", b"  \n", "This file is empty."),
    "nothing to read": ("a.html", b"<script>alert(1)</script>", "This file contains no text."),
    "no archive": ("a.docx", b"PK\x03\x04 and no more", "This Word document is damaged"),
    "another archive": ("a.docx", "ZIP", "This is an archive, not a Word document (.docx)."),
    "text named docx": ("a.docx", b"Words", "This file is named “.docx” but is not a Word document."),
    "docx called md": ("a.md", seed.document(""), "This file is named “.md” but is an archive or a Word document."),
    "old Word": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Word version (.doc)"),
    "encrypted": (
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "This document is password-protected.",
    ),
    "pdf": ("a.pdf", b"%PDF-1.7", "This is a PDF."),
    "picture called md": ("a.md", b"\x89PNG\r\n\x1a\n\0\0", "This is an image."),
    "program": ("a.exe", b"MZ\x90\0", "This file type cannot be imported."),
    "no name to go by": ("README", b"Words", "This file type cannot be imported."),
    "bytes": ("a.md", bytes(range(256)) * 4, "This file cannot be read as text."),
    "odd UTF-16": ("a.html", b"\xff\xfe<\0p", "This file cannot be read as text."),
    "entities": ("a.docx", with_main_part(BILLION), "This Word document is damaged"),
    "entities from outside": ("a.docx", with_main_part(OUTSIDE), "This Word document is damaged"),
    "entities in another part": (
        "a.docx",
        seed.document("", {"word/styles.xml": BILLION}),
        "This Word document is damaged",
    ),
    "entities in UTF-16": (
        "a.docx",
        with_main_part(BILLION.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16")),
        "This Word document is damaged",
    ),
    "half of the XML": ("a.docx", with_main_part(b"<w:document"), "This Word document is damaged"),
    "deep": ("a.docx", with_main_part(DEEP), "This Word document is damaged"),
    "bomb": (
        "a.docx",
        seed.document("", {"word/media/a.png": b"\0" * (130 << 20)}),
        "too large when unpacked",
    ),
    "bomb of XML": (
        "a.docx",
        seed.document(seed.paragraph("words " * (3 << 20))),
        "too large when unpacked",
    ),
    "one large picture, shown many times": (
        "a.docx",
        seed.document(
            f"<w:p>{PICTURE * 40}</w:p>",
            {"word/media/a.png": b"\x89PNG\r\n\x1a\n" + b"\0" * (2 << 20)},
            f'<Relationship Id="rPic" Type="{seed.RELATIONS}/image" Target="media/a.png"/>',
        ),
        "too large when unpacked",
    ),
    "many paragraphs": ("a.docx", seed.document("<w:p/>" * 16_000), "too large when unpacked"),
    "many tags": ("a.docx", seed.document("<w:p/>" * 300_000), "too large when unpacked"),
    "entities under another name": (
        "a.docx",
        seed.document(
            "",
            {
                "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="r1" Type="{seed.RELATIONS}/officeDocument" Target="word/other.png"/>'
                "</Relationships>",
                "word/other.png": BILLION,
            },
        ),
        "This file contains no text.",
    ),
    "many parts": (
        "a.docx",
        seed.document("", {f"word/{number}.bin": b"" for number in range(3_100)}),
        "too large when unpacked",
    ),
    "deep HTML": ("a.html", b"<div>" * 9_000 + b"x", "More than 400 nested elements are too deep to import."),
    "long HTML": ("a.html", b"<p>word " * 400_000, "This text is too long to import at once."),
    "long Markdown": ("a.md", b"- word\n" * 400_000, "This text is too long to import at once."),
}


def other_archive() -> bytes:
    return seed.document("", {}).replace(b"word/document.xml", b"word/documend.xml")


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_file_gets_a_sentence_and_costs_nothing(client, how):
    sign_in(client, "Editor")
    name, content, sentence = HOSTILE[how]
    assert sentence in problem(send(client, name, other_archive() if content == "ZIP" else content))


def test_a_file_that_is_too_large_is_not_read(client):
    sign_in(client, "Editor")
    assert "the maximum is 20.0\xa0MB" in problem(send(client, "a.md", b"a" * (20 * 1024 * 1024 + 1)))


def test_a_text_that_cannot_be_stored_leaves_no_pictures(client):
    sign_in(client, "Editor")
    data = f"data:image/png;base64,{b64encode(factories.picture_file().read()).decode()}"
    content = f'<h1>Articles</h1><p>Words.</p><img src="{data}" alt="A square">'.encode()
    response = send(client, "a.html", content, at="/admin/articles/page/")
    assert "Another page of the site uses this address. Choose another one." in problem(response)


def test_a_document_opens_nothing_outside_of_itself(client, tmp_path):
    sign_in(client, "Editor")
    secret = tmp_path / "secret.png"
    secret.write_bytes(factories.picture_file().read())
    drawing = (
        '<w:p><w:r><w:t>Words.</w:t></w:r><w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri="x"><pic:pic>'
        '<pic:blipFill><a:blip r:link="rOut"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )
    relation = f'<Relationship Id="rOut" Type="{seed.RELATIONS}/image" Target="file://{secret}" TargetMode="External"/>'
    send(client, "a.docx", seed.document(drawing, relations=relation))
    assert Article.objects.get().body == "<p>Words.</p>"
    assert not Image.objects.exists()


def test_scripts_and_hidden_words_do_not_come_along(client):
    sign_in(client, "Editor")
    html = (
        b'<h1>T</h1><p onclick="x()">a<script>alert(1)</script><iframe src="https://evil.example"></iframe>'
        b'<span style="display:none">hidden</span><a href="javascript:alert(1)">b</a> <img src=x onerror=alert(1)></p>'
    )
    response = send(client, "a.html", html)
    assert Article.objects.get().body == "<p>ab</p>"
    words = said(response)
    for part in (
        "2 embedded videos, frames or scripts",
        "1 hidden passage",
        "1 link that does not work",
        "1 image from",
    ):
        assert part in words


def test_a_file_name_is_only_words(client):
    sign_in(client, "Editor")
    response = send(client, '"><img src=x onerror=alert(1)>.md', b"# A\n\nWords.")
    assert "<img src=x" not in response.content.decode()
    assert "Imported from" in Revision.objects.get().note

"""Pasted HTML and Markdown, and the responses to the editor's script."""

import json
import random
from base64 import b64encode
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from publishing.images.models import Image
from publishing.importing import markdown
from publishing.importing.conversion import convert_fragment
from publishing.importing.report import Report
from publishing.richtext import clean
from tests import factories
from tests.publishing.content.test_permissions import sign_in
from tests.publishing.richtext.xss_payloads import PAYLOADS

pytestmark = pytest.mark.django_db
CLIPBOARD = Path(__file__).parent / "clipboard"
PASTE = "/admin/publishing/paste/"
LISTS = "<ul><li><p>Input</p><ul><li><p>read from the cache</p></li></ul></li><li><p>Output</p></li></ul>"
STEPS = '<h3 id="step-by-step">Step by step</h3><ol><li><p>Count</p></li><li><p>Multiply</p></li></ol>'
HEAD = "<tr><th><p>Meter</p></th><th><p>Price</p></th></tr>"


def taken(html: str, user=None):
    return convert_fragment(html, user or factories.administrator())


def body(html: str) -> str:
    return taken(html).html


def body_of_markdown(text: str) -> str:
    return body(markdown.html_of(text, Report())[0])


def pasted(name: str):
    return taken((CLIPBOARD / name).read_text(encoding="utf-8"))


def test_word():
    found = pasted("word.html")
    assert found.html == (
        '<h2 id="what-a-token-costs">What a token costs</h2>'
        '<p>Prices <strong>fell</strong> in <em>2026</em>, see <a href="https://example.com/prices?a=1&amp;b=2">the '
        "list</a><small>Read on <em>24 November 2026</em>.</small>.</p>"
        f"{LISTS}{STEPS}"
        f"<table><caption>Table 1: Prices in 2026</caption><tbody>{HEAD}"
        "<tr><td><p><strong>Input</strong></p></td><td><p>1.25</p></td></tr>"
        "<tr><td><p><strong>Output</strong></p></td><td><p>10.00</p></td></tr></tbody></table>"
        "<p>Written well.</p>"
    )
    assert found.lines == [
        "Imported: text, 2 headings, 3 lists, 1 table, 1 link, 1 note.",
        "Left out: fonts, colours and sizes; 1 image from another site or your computer: add it with the "
        "button Image; 1 passage marked as deleted; 1 comment in the margin.",
    ]


def test_google_docs():
    found = pasted("google-docs.html")
    assert found.html == (
        '<h2 id="what-a-token-costs">What a token costs</h2>'
        '<p>Prices <strong>fell</strong> in <em>2026</em>, see <a href="https://example.com/prices?a=1&amp;b=2">the '
        "list</a>.</p>"
        f"{LISTS}{STEPS}<table><tbody>{HEAD}"
        "<tr><td><p>Input</p></td><td><p>1.25</p></td></tr><tr><td><p>Output</p></td><td><p>10.00</p></td></tr>"
        "</tbody></table>"
    )
    assert found.lines[0] == "Imported: text, 2 headings, 3 lists, 1 table, 1 link."


def test_word_in_a_browser():
    found = pasted("word-online.html")
    assert found.html == '<h2 id="step-by-step">Step by step</h2>' + LISTS.replace("read", "<strong>read</strong>")


FILTERED = (
    "<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt'>{}<span style='font:7.0pt \"Times New Roman\"'>"
    "&nbsp;&nbsp;&nbsp; </span>{}</p>"
)
PARTS = {
    # Lists ------------------------------------------------------------------------------------------
    FILTERED.format("3.", "Three") + FILTERED.format("4.", "Four"): (
        '<ol start="3"><li><p>Three</p></li><li><p>Four</p></li></ol>'
    ),
    FILTERED.format("·", "One") + "<p>Between</p>": "<ul><li><p>One</p></li></ul><p>Between</p>",
    "<ul><ul><li>Deep</li></ul></ul>": "<ul><li><p></p><ul><li><p>Deep</p></li></ul></li></ul>",
    "<ul><li>a<ol start=4><li>b</ol></ul>": '<ul><li><p>a</p><ol start="4"><li><p>b</p></li></ol></li></ul>',
    "<ul><li><h3>Title</h3>words</ul>": "<ul><li><p><strong>Title</strong></p><p>words</p></li></ul>",
    "<dl><dt>Term<dd>Meaning</dl>": "<p><strong>Term</strong></p><p>Meaning</p>",
    # Words ------------------------------------------------------------------------------------------
    "<div>one<br><br>two</div>three": "<p>one</p><p>two</p><p>three</p>",
    "<p>one<br>two<br></p>": "<p>one<br>two</p>",
    "<p>&nbsp;</p><p> a&nbsp; b </p>": "<p>a b</p>",
    '<b>a <span style="font-weight:400">b</span></b>': "<p><strong>a </strong>b</p>",
    "<p>x<sup>2</sup>, H<sub>2</sub>O, 1<sup>st</sup></p>": "<p>x², H₂O, 1st</p>",
    "<p><code>a</code> <kbd>b</kbd></p><pre>x\n  y</pre>": (
        "<p><code>a</code> <code>b</code></p><pre><code>x\n  y</code></pre>"
    ),
    "<blockquote>said</blockquote><hr>": "<blockquote><p>said</p></blockquote><hr>",
    # Headings ---------------------------------------------------------------------------------------
    "<h3>c</h3><h5>e</h5>": '<h3 id="c">c</h3><h4 id="e">e</h4>',
    "<h1>a</h1><h2><b>b</b></h2>": '<h2 id="a">a</h2><h3 id="b">b</h3>',
    "<p class=MsoTitle>Whole</p><p>a</p>": '<h2 id="whole">Whole</h2><p>a</p>',
    # Links ------------------------------------------------------------------------------------------
    '<a href="https://www.google.com/url?q=https://www.google.com/url%3Fq%3Dhttps://a.example/&sa=D">a</a>': (
        '<p><a href="https://a.example/">a</a></p>'
    ),
    '<a href="https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2F&data=1">a</a>': (
        '<p><a href="https://a.example/">a</a></p>'
    ),
    '<a href="https://www.google.com/url?q=javascript:alert(1)">a</a>': (
        '<p><a href="https://www.google.com/url?q=javascript:alert(1)">a</a></p>'
    ),
    '<a href="http://[bad">a</a> <a href="file:///C:/x">b</a> <a href="#_Toc1">c</a>': "<p>a b c</p>",
    '<a href="https://example.org/#part">a</a><a href="#part">b</a><h2>Part</h2>': (
        '<p><a href="https://example.org/#part">a</a><a href="#part">b</a></p><h2 id="part">Part</h2>'
    ),
    # Tables -----------------------------------------------------------------------------------------
    "<table><tr><td>one cell<p>more</table>": "<p>one cell</p><p>more</p>",
    '<table role="presentation"><tr><td>a<td>b</table>': "<p>a</p><p>b</p>",
    "<table><caption><b>C</b></caption><thead><tr><td>a<td>b<tbody><tr><td colspan=2>c</table>": (
        "<table><caption>C</caption><tbody><tr><th><p>a</p></th><th><p>b</p></th></tr>"
        '<tr><td colspan="2"><p>c</p></td></tr></tbody></table>'
    ),
    "<table><tr><td>a<td><table><tr><td>x<td>y</table></table>": (
        "<table><tbody><tr><td><p>a</p></td><td><p>x</p><p>y</p></td></tr></tbody></table>"
    ),
    "<table><tfoot><tr><td>sum<td>2</tfoot><tr><td>a<td>2</table>": (
        "<table><tbody><tr><td><p>a</p></td><td><p>2</p></td></tr><tr><td><p>sum</p></td><td><p>2</p></td></tr>"
        "</tbody></table>"
    ),
    # If every cell is bold, that means no header.
    "<table><tr><td><b>a</b><td><b>b</b><tr><td><b>c</b><td><b>d</b></table>": (
        "<table><tbody><tr><td><p><strong>a</strong></p></td><td><p><strong>b</strong></p></td></tr>"
        "<tr><td><p><strong>c</strong></p></td><td><p><strong>d</strong></p></td></tr></tbody></table>"
    ),
    # From a spreadsheet.
    '<table><tr><td style="font-weight:bold">a<td style="font-weight:bold">b<tr><td>1<td>2</table>': (
        "<table><tbody><tr><th><p>a</p></th><th><p>b</p></th></tr><tr><td><p>1</p></td><td><p>2</p></td></tr>"
        "</tbody></table>"
    ),
    "<table><tr><th>Input<td>1<tr><th>Output<td>2</table>": (
        "<table><tbody><tr><th><p>Input</p></th><td><p>1</p></td></tr>"
        "<tr><th><p>Output</p></th><td><p>2</p></td></tr></tbody></table>"
    ),
    # Notes ------------------------------------------------------------------------------------------
    '<p>a<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup> b</p><hr><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a>'
    " Note.</p></div>": "<p>a<small>Note.</small> b</p><hr>",
    '<p><a href="#x" id="y">to x</a></p><div><h2 id="x">X</h2><p><a href="#y">back</a></p></div>': (
        '<p><a href="#x">to x</a></p><h2 id="x">X</h2><p>back</p>'
    ),
}


@pytest.mark.parametrize("html", PARTS)
def test_part(html):
    assert body(html) == PARTS[html]


@pytest.mark.parametrize(
    "hidden",
    [
        '<iframe src="https://example.com/" />',
        "<iframe>",
        "<IFRAME src=x/>",
        '<video src="x.mp4"/>',
        "<video>",
        "<textarea/>",
        "<style>",
        "<script src=x />",
        "<template>",
        "<title/>",
        "<!-- no end",
        "<!-- an end --> <!-- no end",
    ],
)
def test_text_after_what_has_no_end_is_kept(hidden):
    html = f"<p>Before.</p>{hidden}<p>After <strong>it</strong>.</p><h2>Last</h2>"
    assert "<strong>it</strong>" in body(html)
    assert "Last" in body(html)
    written = body_of_markdown(f"Before.\n\n{hidden}\n\nAfter **it**.\n\n## Last\n")
    assert "After" in written
    assert "Last" in written


def test_what_has_an_end_is_left_out_as_before():
    html = "<p>a<!-- hidden --></p><style>hidden</style><iframe>hidden</iframe><script>hidden</script><p>b</p>"
    assert body(html) == "<p>a</p><p>b</p>"
    assert body_of_markdown("a\n\n<!-- hidden\n\nhidden -->\n\nb") == "<p>a</p><p>b</p>"


def test_markdown_after_a_comment_without_an_end_is_still_markdown():
    written = body_of_markdown("One.\n\n<!-- note\n\n## Heading\n\nSome **words**.\n")
    assert ">Heading</h2>" in written
    assert "<strong>words</strong>" in written


def test_pictures_are_kept_where_they_can_be():
    pixels = b64encode(factories.picture_file().read()).decode()
    own = factories.image(file=factories.picture_file(colour="navy"), alt="Navy")
    found = taken(
        f'<p>a <img src="data:image/png;base64,{pixels}" alt="A square. Description automatically generated"> b</p>'
        f'<p><img src="{own.file.url}"></p><img src="ref:publishing.image/{own.pk}" alt="Own">'
        '<img src="https://x.example/a.png"><img src="https://x.example/t.gif" width=1 height=1>'
        '<img src="data:image/png;base64,AAAA"><img src="data:image/svg+xml;base64,AAAA">'
    )
    new = Image.objects.exclude(pk=own.pk).get()
    assert new.alt == "A square."
    assert found.html == (
        f'<p>a b</p><figure><img src="ref:publishing.image/{new.pk}" alt="A square."></figure>'
        f'<figure><img src="ref:publishing.image/{own.pk}" alt="Navy"></figure>'
        f'<figure><img src="ref:publishing.image/{own.pk}" alt="Own"></figure>'
    )
    assert "1 image from another site" in found.lines[1]
    assert "2 images that are damaged" in found.lines[1]


def test_who_may_not_add_pictures_adds_none_by_pasting(django_user_model):
    pixels = b64encode(factories.picture_file().read()).decode()
    found = taken(f'a<img src="data:image/png;base64,{pixels}">', django_user_model.objects.create_user("nobody"))
    assert (found.html, Image.objects.count()) == ("<p>a</p>", 0)
    assert found.lines == ["Left out: 1 image, because you do not have permission to add images."]


def test_of_words_alone_there_is_nothing_to_say():
    assert taken("<p>Words.</p>").lines == []


def test_a_figure_keeps_its_caption():
    own = factories.image()
    source = f'<figure><img src="ref:publishing.image/{own.pk}" alt="x"><figcaption>Words</figcaption></figure>'
    assert body(source) == source


@pytest.mark.parametrize("payload", [html for _, html in PAYLOADS], ids=[name for name, _ in PAYLOADS])
def test_nothing_hostile_comes_through(payload):
    found = body(payload)
    assert found == clean(found)


def test_whatever_is_pasted_the_result_keeps_to_the_list():
    """Real clipboards cut and mixed at random: the result is clean, and the only error is a ValidationError."""
    chance = random.Random(6)
    user = factories.administrator()
    sources = [path.read_text(encoding="utf-8") for path in sorted(CLIPBOARD.iterdir())]
    pieces = [part for source in sources for part in source.replace("<", "\0<").split("\0")] + [
        html for _, html in PAYLOADS
    ]
    for _ in range(150):
        mixed = "".join(chance.choices(pieces, k=chance.randint(1, 120)))
        try:
            found = convert_fragment(mixed, user).html
        except ValidationError as error:
            assert error.messages  # noqa: PT017
            continue
        assert found == clean(found), mixed


# The response to the script -------------------------------------------------------------------------


def ask(client, **pasted):
    return client.post(PASTE, json.dumps(pasted), content_type="application/json")


def test_the_script_is_answered_with_text_and_report(client):
    sign_in(client, "Author")
    answer = ask(client, html="<h1>A</h1><table><tr><td>1<td>2</table>").json()
    assert answer["html"].startswith('<h2 id="a">A</h2><table>')
    assert answer["report"] == [
        "Imported: text, 1 heading, 1 table.",
        "1 table has no header row: if its first row contains headings, press “Header row on or off”.",
    ]


def test_json_that_is_no_object_holds_nothing(client):
    sign_in(client, "Author")
    assert client.post(PASTE, "null", content_type="application/json").json() == {"html": None, "report": []}


@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_deeply_nested_json_is_a_bad_request(depth, client):
    sign_in(client, "Author")
    assert client.post(PASTE, "[" * depth, content_type="application/json").status_code == 400


MARKDOWN = {
    "# One\n\nWords.": True,
    "- a\n- b": True,
    "1. a\n2. b": True,
    "| a | b |\n|---|---|\n| 1 | 2 |": True,
    "see [it](https://a.example/)": True,
    "**bold** words": True,
    "```\ncode\n```": True,
    "Plain words - with a dash. 3 * 4 * 5 and a_b_c.": False,
    "#hashtag and C# and 1. May": False,
    "Two\nlines | of words": False,
    "- a single line": False,
    "": False,
}


@pytest.mark.parametrize("text", MARKDOWN)
def test_markdown_is_told_from_words(client, text):
    assert markdown.looks_like_markdown(text) == MARKDOWN[text]
    sign_in(client, "Author")
    assert bool(ask(client, text=text).json()["html"]) == MARKDOWN[text]


def test_markdown_is_taken_over(client):
    sign_in(client, "Author")
    text = "# A\n\n1. a\n   - b\n\n| M | P |\n|---|---|\n| x | 1 |\n\n<script>alert(1)</script>\n\n**c** ~~d~~"
    assert ask(client, text=text).json()["html"] == (
        '<h2 id="a">A</h2><ol><li><p>a</p><ul><li><p>b</p></li></ul></li></ol>'
        "<table><tbody><tr><th><p>M</p></th><th><p>P</p></th></tr><tr><td><p>x</p></td><td><p>1</p></td></tr></tbody>"
        "</table><p><strong>c</strong> d</p>"
    )


def test_only_who_writes_is_answered(client, django_user_model):
    assert ask(client, html="<p>a").status_code == 302
    client.force_login(django_user_model.objects.create_user("staff", is_staff=True))
    assert ask(client, html="<p>a").status_code == 403
    sign_in(client, "Author")
    assert client.get(PASTE).status_code == 405
    assert client.handler.enforce_csrf_checks is False
    client.handler.enforce_csrf_checks = True
    assert ask(client, html="<p>a").status_code == 403


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[1]", 200),
        (b'{"html": 3}', 200),
        (b'{"html": "\\ud800<p>a"}', 200),
        (json.dumps({"html": "<div>" * 9_000}).encode(), 400),
        (b'{"html": "' + b"a" * (11 << 20) + b'"}', 413),
        (b'{"html": "' + b"a" * (21 << 20) + b'"}', 413),
    ],
)
def test_what_makes_no_sense_is_a_sentence(client, content, status):
    sign_in(client, "Author")
    answer = client.post(PASTE, content, content_type="application/json")
    assert answer.status_code == status
    assert "problem" in answer.json() or "html" in answer.json()


def test_alerts_and_addresses_of_videos_become_blocks_of_their_own():
    text = "> [!WARNING]\n> Mind **it**.\n\nhttps://youtu.be/dQw4w9WgXcQ\n\nSee https://vimeo.com/76979871\n\n> Said."
    assert markdown.looks_like_markdown("> [!NOTE]\n> a")
    assert body_of_markdown(text) == (
        '<aside data-kind="warning"><p>Mind <strong>it</strong>.</p></aside>'
        '<figure data-embed="youtube:dQw4w9WgXcQ"></figure><p>See https://vimeo.com/76979871</p>'
        "<blockquote><p>Said.</p></blockquote>"
    )
    html = (
        '<aside class="callout" data-kind="tip"><p class="callout__kind">Tip</p><p>a</p></aside><aside>b</aside>'
        '<iframe src="https://player.vimeo.com/video/76979871"></iframe><iframe src="https://example.com/"></iframe>'
    )
    assert body(html) == (
        '<aside data-kind="tip"><p>a</p></aside><p>b</p><figure data-embed="vimeo:76979871"></figure>'
    )


FOOTNOTES = """One[^1] two[^b]*, three*[^1]. `[^1]` [link](/faq/)[^u] [^none]

- item[^in]
  [^in]: https://example.com/a
- next
[^1]: First *words*
wrapped.

    A second paragraph.

[^b]: Two[^1]
[^b]: Again
[^unused]: Kept <b>too</b>
[^u]: [Source](https://example.com)
# Heading
"""


def test_footnotes_become_notes_and_others_stay_as_text():
    report = Report()
    first = "<small>First <em>words</em> wrapped. A second paragraph.</small>"
    assert markdown.looks_like_markdown("a\n\n[^1]: b")
    assert body(markdown.html_of(FOOTNOTES, report)[0]) == (
        f"<p>One{first} two<small>Two[^1] Again</small><em>, three</em>{first}. <code>[^1]</code> "
        '<a href="/faq/">link</a><small><a href="https://example.com">Source</a></small> [^none]</p>'
        "<ul><li><p>item<small>https://example.com/a</small></p></li><li><p>next</p></li></ul>"
        '<h2 id="heading">Heading</h2><p>[^unused]: Kept <strong>too</strong></p>'
    )
    assert "3 footnotes that have no mark, no words or are inside others" in report.lines()[0]


@pytest.mark.parametrize(
    "text",
    [
        "Alpha sentence[^a] continues.\n\n[^a]: see ![pic](https://x.org/a.png) words",
        f"Alpha sentence[^a] continues.\n\n[^a]: see {'long ' * 700} words",
        "## Alpha sentence[^a] continues.\n\nText.\n\n[^a]: see words",
    ],
)
def test_what_cannot_be_a_note_stays_behind_the_text(text):
    found = body_of_markdown(text)
    assert "<small>" not in found
    assert 0 <= found.index("Alpha sentence") < found.index("continues.") < found.index("see ") < found.index("words")


def test_paragraphs_between_two_rules_are_text():
    assert body_of_markdown("---\nFirst words\n\n- second: item\n\n---\n\nRest").count("words") == 1
    assert "tags" not in body_of_markdown("---\ntitle: A\ntags:\n  - b\n- c\n# comment\n\n---\n\nRest")


def test_lists_and_quotes_of_markdown_are_text_where_they_are_too_deep():
    lists = body_of_markdown("\n".join(f"{'  ' * depth}- item{depth}" for depth in range(14)))
    assert all(f"item{depth}" in lists for depth in range(14))
    assert lists.count("<ul>") == 9
    assert "deep" in body_of_markdown(f"{'> ' * 40}deep")


def test_words_between_angle_brackets_that_are_no_tag_are_text_and_comments_are_reported():
    report = Report()
    html = markdown.html_of("A List<String> <!-- b --> of <b>c</b>\n\n<T>\nd\n\n`<!-- e -->`", report)[0]
    assert body(html) == (
        "<p>A List&lt;String&gt; of <strong>c</strong></p><p>&lt;T&gt; d</p><p><code>&lt;!-- e --&gt;</code></p>"
    )
    assert report.lines() == ["Left out: 1 hidden remark (HTML comment)."]

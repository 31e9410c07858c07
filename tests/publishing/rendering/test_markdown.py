"""Markdown has the same content as the HTML: every text is read back by a Markdown parser and compared."""

import random

import pytest
from django.conf import settings
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from publishing.rendering.markdown import heading, link, markdown_document, plain, table
from publishing.rendering.texts import Texts
from publishing.richtext.allowlist import clean
from tests.publishing.richtext.xss_payloads import PAYLOADS

pytestmark = pytest.mark.django_db
# html is enabled, so that any tag in the output would be found.
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

HOSTILE = [
    "*not emphasised* _nor this_ **nor** __this__ ~~nor~~",
    "# no heading",
    "1. no list",
    "1986. A great year",
    "12) no list",
    "- no list",
    "+ no list",
    "> no quotation",
    "=== no underline",
    "```no code",
    "`no` ``code``",
    "[no](https://link.example) ![no](/picture.png) [no]: /definition",
    "<b>no tag</b> <!-- no comment --> <https://no.example>",
    "&amp; &lt; &copy; &#35; & no entity",
    "back\\slash \\* \\\\ at the end \\",
    "a | b | c",
    "--- | ---",
    "snake_case_name and _leading and trailing_",
    "C# and F#",
    "hash #",
    "wow!",
    "2 * 3 * 4 < 5 > 1 ~ 7",
    "$1 and $2 😀 “quoted” — dashes …",
    "http://www.example.com/a_b_c?x=1&y=2",
]


def words_of(html: str) -> str:
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    for element in tree.iter("p", "h2", "h3", "h4", "li", "td", "th", "br", "pre", "caption", "figcaption"):
        element.tail = f" {element.tail or ''}"
        element.text = f" {element.text or ''}"
    return " ".join(tree.text_content().split())


def to_markdown(html: str, page: str = "") -> str:
    return Texts(html, is_absolute=True).markdown(html, page)


def read_back(html: str) -> str:
    return READER.render(to_markdown(html))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "frame",
    [
        "<p>{}</p>",
        "<h2>{}</h2>",
        "<ul><li><p>{}</p></li><li><p>{}</p></li></ul>",
        "<ol><li>{}</li></ol>",
        "<blockquote><p>{}</p></blockquote>",
        "<p>before<br>{}<br>after</p>",
        "<p><strong>{}</strong></p>",
        "<p>x<em>{}</em>y</p>",
        '<p><a href="mailto:us@example.com">{}</a></p>',
        "<p><code>{}</code></p>",
        "<pre><code>{}</code></pre>",
        "<table><tbody><tr><th>{}</th></tr><tr><td>{}</td></tr></tbody></table>",
        "<table><tbody><tr><td><code>{}</code></td><td>{}</td></tr></tbody></table>",
    ],
)
def test_no_text_is_read_as_markup(text, frame):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    html = frame.replace("{}", escaped)
    again = read_back(html)
    assert words_of(again) == words_of(html), to_markdown(html)
    tags = {element.tag for element in lxml_html.fragment_fromstring(again, create_parent="div").iter()}
    wanted = {element.tag for element in lxml_html.fragment_fromstring(html, create_parent="div").iter()}
    assert tags - wanted <= {"thead", "p", "th"}, again


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_words_stay_plain_words(text):
    for markdown in (plain(text), heading(plain(text), 2), f"- {plain(text)}", link(text, "https://example.com/")):
        assert words_of(READER.render(markdown)) == " ".join(text.split()), markdown
    cells = lxml_html.fromstring(READER.render(table(["Head", "Two"], [[plain(text), "x"]]))).iter("td")
    assert [" ".join(cell.text_content().split()) for cell in cells] == [" ".join(text.split()), "x"]


@pytest.mark.parametrize("payload", [text for _, text in PAYLOADS])
def test_no_attack_comes_back_to_life(payload):
    body = clean(payload)
    again = read_back(body)
    tree = lxml_html.fragment_fromstring(again, create_parent="div")
    assert not tree.xpath("//script|//iframe|//svg|//style|//@*[starts-with(name(), 'on')]"), again
    for address in tree.xpath("//@href|//@src"):
        assert not address.strip().lower().startswith(("javascript:", "data:", "vbscript:")), again


LETTERS = ["a", "b", " ", "“", "”", "*", "_", ".", "!", "€", "é", "\\", "`", "[", "]", "(", ")", "&amp;", "|", "\u00a0"]


def random_inline(rng, depth=0) -> str:
    parts = []
    for _ in range(rng.randint(1, 5)):
        kind = rng.choice(["text", "text", "strong", "em", "code", "a", "br"]) if depth < 3 else "text"
        words = "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, 4)))
        if kind == "text":
            parts.append(words)
        elif kind == "br":
            parts.append("x<br>y")
        elif kind == "code":
            parts.append(f"<code>{words}</code>")
        elif kind == "a":
            parts.append(f'<a href="/x">l{words}</a>')
        else:
            parts.append(f"<{kind}>{random_inline(rng, depth + 1)}</{kind}>")
    return "".join(parts)


@pytest.mark.parametrize("seed", range(300))
def test_random_markup_is_read_back_as_the_same_words(seed):
    html = f"<p>{random_inline(random.Random(seed))}</p>"  # the same in every run
    assert words_of(read_back(html)) == words_of(html), to_markdown(html)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One <strong>two</strong> <em>three</em>.</p>", "One **two** _three_."),
        ("<p><strong>two </strong>three</p>", "**two** three"),
        ("<p>“<strong>quoted</strong>”</p>", "“**quoted**”"),
        ("<h2>Cost</h2><h3>C#</h3>", "## Cost\n\n### C\\#"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol start='3'><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>", "3. a\n\n   b\n\n4. c"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>", "- a\n\n* b\n\n- c"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre>a\n  ```b\n</pre>", "````\na\n  ```b\n````"),
        ("<hr>", "---"),
        ("<p>a<br>b</p>", "a\\\nb"),
        ('<p><a href="/x(1)?a=1&amp;copy=2">a</a></p>', f"[a](<{settings.SITE_URL}/x(1)?a=1&copy=2>)"),
        ('<p><a href="#part">a</a></p>', "[a](https://example.com/page/#part)"),
        (
            '<figure><img src="/x.png" alt="A [b]"><figcaption>Made by <em>us</em></figcaption></figure>',
            f"![A \\[b\\]]({settings.SITE_URL}/x.png)\n\nMade by _us_",
        ),
        (
            "<table><caption>Prices</caption><thead><tr><th>Model</th><th>Price</th></tr></thead>"
            "<tbody><tr><td rowspan='2'>A</td><td>1 | 2</td></tr><tr><td><p>3</p><p>4</p></td></tr></tbody></table>",
            "Prices\n\n| Model | Price |\n| --- | --- |\n| A | 1 \\| 2 |\n|  | 3 4 |",
        ),
    ],
)
def test_markup_is_the_one_of_its_html(html, markdown):
    assert to_markdown(html, page="https://example.com/page/") == markdown


def test_what_is_unknown_is_left_out_and_nothing_ends_the_front_matter():
    text = markdown_document({"title": 'A "b"\n---\nc: d', "empty": "", "none": None, "list": []}, "# A", "", "Words.")
    assert text == '---\ntitle: "A \\"b\\"\\n---\\nc: d"\n---\n\n# A\n\nWords.\n'

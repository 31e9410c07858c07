"""Two versions of a text side by side: each complete and in its own form, with the differing words marked."""

import random
import re

import pytest

from publishing.revisions.diff import marked, marked_plain
from publishing.richtext.allowlist import UNSTORABLE
from tests.proportion import assert_time_in_proportion
from tests.publishing.richtext.xss_payloads import PAYLOADS


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        (
            "<p>We saw <strong>three</strong> models in May.</p>",
            "<p>We saw <strong>four</strong> small models in May.</p>",
            "<p>We saw <strong><del>three</del></strong> models in May.</p>",
            "<p>We saw <strong><ins>four</ins></strong><ins> small</ins> models in May.</p>",
        ),
        ("<p>a b</p>", "<p>c d</p>", "<p><del>a b</del></p>", "<p><ins>c d</ins></p>"),
        ("<p>Costs</p>", "<h2>Costs</h2>", "<p><del>Costs</del></p>", "<h2><ins>Costs</ins></h2>"),
        ('<h2 id="a">Costs</h2>', '<h2 id="b">Costs</h2>', "<h2>Costs</h2>", "<h2>Costs</h2>"),
        (
            '<p><a href="ref:faq.question/1">there</a></p>',
            '<p><a href="ref:faq.question/2">there</a></p>',
            "<p><a><del>there</del></a></p>",
            "<p><a><ins>there</ins></a></p>",
        ),
        (
            '<figure><img src="ref:publishing.image/5" alt="A boat"></figure>',
            "<p>No boat.</p>",
            "<figure><del>[Image 5: A boat]</del></figure>",
            "<p><ins>No boat.</ins></p>",
        ),
        (
            "<ul><li><p>one</p></li></ul>",
            "<ul><li><p>one</p></li><li><p>two</p></li></ul>",
            "<ul><li><p>one</p></li></ul>",
            "<ul><li><p>one</p></li><li><p><ins>two</ins></p></li></ul>",
        ),
        (
            "<table><tbody><tr><th>a</th><td>1</td></tr></tbody></table>",
            "<table><tbody><tr><th>a</th><td>2</td></tr></tbody></table>",
            "<table><tbody><tr><th>a</th><td><del>1</del></td></tr></tbody></table>",
            "<table><tbody><tr><th>a</th><td><ins>2</ins></td></tr></tbody></table>",
        ),
        ("<p>same</p>", "<p>same</p>", "<p>same</p>", "<p>same</p>"),
        ("", "<p>new</p>", "", "<p><ins>new</ins></p>"),
    ],
)
def test_words_are_marked_within_their_form(one, other, left, right):
    assert marked(one, other) == (left, right)


def test_plain_text_is_words_and_no_markup():
    assert marked_plain("a <b>", "a <i> & c") == ("a <del>&lt;b&gt;</del>", "a <ins>&lt;i&gt; &amp; c</ins>")


@pytest.mark.parametrize(("_name", "payload"), PAYLOADS)
def test_nothing_of_a_text_runs_in_a_comparison(_name, payload):
    payload = UNSTORABLE.sub("", payload)  # no database can store it, so no version has it
    for html in (*marked(payload, "<p>x</p>"), *marked("<p>x</p>", payload), *marked_plain(payload, "x")):
        tags = {
            piece.split(">")[0].split()[0].strip("/").lower() for piece in html.split("<")[1:] if piece.strip("/ >")
        }
        assert not tags & {
            "script",
            "img",
            "svg",
            "iframe",
            "style",
            "a href",
            "object",
            "embed",
            "form",
            "math",
            "base",
        }
        assert not any(name in tag_of(html) for name in ("onerror", "onload", "onclick", "href", "src", "style"))


def tag_of(html: str) -> str:
    """Return the content of all tags."""
    return " ".join(piece.split(">")[0] for piece in html.split("<")[1:])


def test_two_versions_of_a_long_article_are_compared_in_a_moment():
    assert_time_in_proportion(compare, 4_000)  # comparing all pairs of frequent words took ten times as long


def compare(size: int):
    chance = random.Random(7)
    words = chance.choices([f"w{number}" for number in range(900)], [1 / (n + 1) for n in range(900)], k=size)
    others = [word if chance.random() > 0.05 else f"new{word}" for word in words]
    one, other = marked(f"<p>{' '.join(words)}</p>", f"<p>{' '.join(others)}</p>")
    assert plain(one.replace("<del>", "").replace("</del>", "")) == " ".join(words)
    assert plain(other.replace("<ins>", "").replace("</ins>", "")) == " ".join(others)
    assert other.count("new") == sum(part.count("new") for part in re.findall("<ins>(.*?)</ins>", other))


def test_one_word_is_found_in_a_text_of_always_the_same():
    words = "again " * 6_000
    assert marked(f"<p>{words}once</p>", f"<p>{words}twice</p>")[1].count("<ins>") == 1


def plain(html):
    return re.sub("<[^>]+>", "", html)

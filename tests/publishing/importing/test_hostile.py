"""Hostile texts cannot block the parsers: each takes time in proportion to its length."""

import pytest

from publishing.importing import files, markdown
from publishing.importing.conversion import convert_fragment
from publishing.importing.markdown import looks_like_markdown
from publishing.importing.markup import style_of, tree_of
from publishing.importing.report import Report
from publishing.richtext import clean
from tests.proportion import assert_time_in_proportion


class Nobody:
    pk = 0

    def has_perm(self, permission):
        return False


def paste(html):
    return convert_fragment(html, Nobody()).html


def read_markdown(text):
    return markdown.html_of(text, Report())


@pytest.mark.parametrize(
    ("read", "text_of", "size"),
    [
        pytest.param(
            clean, lambda size: f"{'<p></p>' * size}<p>x</p>", 20_000, id="empty paragraphs before a full one"
        ),
        pytest.param(clean, "<h2>a</h2>".__mul__, 12_000, id="equal headings"),
        pytest.param(clean, "<ul><li>".__mul__, 50_000, id="lists in lists"),
        pytest.param(clean, "<h2>a<em>b".__mul__, 6_000, id="headings in headings"),
        pytest.param(clean, "<ul><!--</ul>-->".__mul__, 30_000, id="lists in lists, closed in comments alone"),
        pytest.param(paste, lambda size: f"<p style='{'a' * size}'>x</p>", 100_000, id="a style without a colon"),
        pytest.param(
            paste, lambda size: f"<p>x<img src='/elsewhere/x' alt='{' ' * size}y'></p>", 60_000, id="words of spaces"
        ),
        pytest.param(
            paste,
            lambda size: f"<p id=x>a{'<a href="#y">1</a>' * size}</p>{'<p id=y><a href="#x">1</a></p>' * size}",
            3_000,
            id="notes that all lead to each other",
        ),
        pytest.param(read_markdown, "[^".__mul__, 20_000, id="beginnings of footnotes"),
        pytest.param(looks_like_markdown, "[".__mul__, 20_000, id="brackets"),
        pytest.param(looks_like_markdown, "[x](/".__mul__, 10_000, id="beginnings of links"),
        pytest.param(looks_like_markdown, lambda size: f"a|\n--{' ' * size}x", 40_000, id="spaces below a table"),
    ],
)
def test_time_is_in_proportion_to_the_length(read, text_of, size, db):
    assert_time_in_proportion(lambda size: read(text_of(size)), size)


def test_page_of_a_file_is_found_without_trying_each_beginning():
    assert_time_in_proportion(lambda size: files._main_part("<main " * size), 60_000)
    assert files._main_part("<main " * 60_000) == "<main " * 60_000


def test_of_what_lies_too_deep_the_words_are_kept():
    assert clean(f"{'<blockquote>' * 500}Deep <b>words</b>.") == "<p>Deep words .</p>"
    kept = f"{'<blockquote>' * 50}<p>Deep words.</p>{'</blockquote>' * 50}"
    assert clean(kept) == kept


def test_equal_headings_are_numbered_one_after_the_other():
    assert clean('<h2 id="a-2">x</h2><h2>a</h2><h2>a</h2><h2>a</h2>') == (
        '<h2 id="a-2">x</h2><h2 id="a">a</h2><h2 id="a-3">a</h2><h2 id="a-4">a</h2>'
    )


def test_one_note_stands_at_each_of_its_signs_up_to_a_number():
    signs = "Words<a href='#x'>1</a> " * 40
    html = f"<p id=y>{signs}</p><ol><li id=x>A note <a href='#y'>back</a></li></ol>"
    assert paste(html).count("<small>") == 20


def test_declarations_of_a_style_are_read_as_browsers_do():
    element = tree_of("<p style='MSO-List: l0 level1 ; color:red;;nothing; width : 2px'>x</p>")[0][0]
    assert style_of(element) == {"mso-list": "l0 level1", "color": "red", "width": "2px"}

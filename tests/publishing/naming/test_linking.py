"""Links put into a body: where they are asked for, and nowhere else."""

import pytest
from django.core.exceptions import ValidationError

from publishing.naming.linking import link_certain, with_words
from publishing.richtext import clean
from tests.publishing.naming.test_certainty import LEXICON, MODEL, VENDOR

BODY = (
    "<p>GPT-4, then <em>GPT-4o</em> by OpenAI &amp; others: GPT-4, o3.</p><h2>GPT-4</h2><ul><li>GPT-4<br>o3</li></ul>"
)


def test_all_that_is_certain_is_linked_once_in_a_section():
    html, linked = link_certain(BODY, LEXICON)
    assert html == (
        f'<p><a href="ref:{MODEL}/1">GPT-4</a>, then <em><a href="ref:{MODEL}/2">GPT-4o</a></em> by '
        f'<a href="ref:{VENDOR}/1">OpenAI</a> &amp; others: GPT-4, <a href="ref:{MODEL}/3">o3</a>.</p><h2>GPT-4</h2>'
        f'<ul><li><a href="ref:{MODEL}/1">GPT-4</a><br><a href="ref:{MODEL}/3">o3</a></li></ul>'
    )
    assert len(linked) == 6
    assert clean(html) == clean(clean(html))
    assert link_certain(html, LEXICON) == (html, [])


@pytest.mark.parametrize(
    ("html", "asked", "expected"),
    [
        (
            "<p>a <em>b</em> GPT4 c</p>",
            ("GPT4", 0, "GPT-4", "x.y/1"),
            '<p>a <em>b</em> <a href="ref:x.y/1">GPT-4</a> c</p>',
        ),
        ("<p>o3 o3</p>", ("o3", 1, "o3", "x.y/1"), '<p>o3 <a href="ref:x.y/1">o3</a></p>'),
        ("<h2>Antropic</h2>", ("Antropic", 0, "Anthropic", ""), "<h2>Anthropic</h2>"),
        ("<p>a <em>b</em> c</p>", ("c", 0, "<b>", ""), "<p>a <em>b</em> &lt;b&gt;</p>"),
    ],
)
def test_words_are_put_in_their_place(html, asked, expected):
    assert with_words(html, *asked) == expected


@pytest.mark.parametrize(
    ("html", "asked"),
    [
        ("<p>o3</p>", ("o3", 1, "o3", "x.y/1")),
        ("<p>o3</p>", ("o1", 0, "o1", "")),
        ("<p>o3</p>", ("", 0, "o1", "")),
        ("<h2>o3</h2>", ("o3", 0, "o3", "x.y/1")),
        ("<p>o<em>3</em></p>", ("o3", 0, "o3", "x.y/1")),
        ('<p><a href="/x/">o3</a></p>', ("o3", 0, "o3", "x.y/1")),
    ],
)
def test_words_that_do_not_stand_so_are_refused(html, asked):
    with pytest.raises(ValidationError, match="does not stand there any more"):
        with_words(html, *asked)

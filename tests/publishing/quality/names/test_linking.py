"""Links are inserted into a body only at the requested places."""

from publishing.quality.names.mentions import link_certain
from publishing.richtext import clean
from tests.publishing.quality.names.test_certainty import LEXICON, MODEL, VENDOR

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

"""Texts that are imported take time in proportion to their length, and absurd ones are refused in words."""

import pytest
from django.core.exceptions import ValidationError
from lxml import html

from publishing.importing import markdown
from publishing.importing.blocks import Marks, write
from publishing.importing.markup import tree_of
from publishing.importing.report import Report
from publishing.quality.claims.finding import LONGEST_SENTENCE, claims_in
from publishing.richtext.allowlist import MOST_CHARACTERS, MOST_ELEMENTS, check_length
from tests.patterns import processor_limit


def test_many_pieces_of_code_in_a_paragraph_take_a_moment():
    runs = [(f"a{number % 2}", Marks(code=bool(number % 2))) for number in range(60_000)]
    block = html.Element("p")
    with processor_limit(6):
        write(block, runs)
    assert len(block) == 30_000


@pytest.mark.parametrize(
    "text", ["a" * (markdown.MOST_SIGNS + 1), "- a\n" * (markdown.MOST_LINES + 1), "*a" * (markdown.MOST_MARKS + 1)]
)
def test_markdown_that_no_reader_wants_is_refused(text):
    with pytest.raises(ValidationError, match="too long to import at once"):
        markdown.html_of(text, Report())


def test_html_of_too_many_elements_is_refused():
    assert len(tree_of("<p>a</p>" * MOST_ELEMENTS)[0]) == MOST_ELEMENTS
    with pytest.raises(ValidationError, match="too long to import at once"):
        tree_of("<p>a</p>" * (MOST_ELEMENTS + 1))


def test_only_sentences_are_searched_for_claims():
    claim = "As of June 2026 it is so{}."
    for more, count in ((" and" * 100, 1), (" and" * (LONGEST_SENTENCE // 4), 0)):
        claims = [*claims_in({"body": (f"<p>{claim.format(more)}</p>", True)})]
        assert len([one for one in claims if one.pattern.slug == "as-of"]) == count


def test_no_break_spaces_count_as_they_are_stored():
    check_length("\u00a0" * (MOST_CHARACTERS // 6))
    with pytest.raises(ValidationError, match="300,006 characters"):
        check_length("\u00a0" * (MOST_CHARACTERS // 6 + 1))

"""Time in proportion to the length of a text, whatever people type: of each pattern, and of what was once attacked."""

import re

import pytest
from django.core.exceptions import ValidationError

from catalog.check.finding import StackNames
from catalog.rules import spelling
from enquiries.forms import local_path
from ops.logging.formatters import redacted
from publishing.images import svg
from publishing.quality.claims.finding import sentences_of_html, sentences_of_text
from publishing.rendering.names import whole_names
from publishing.revisions.merge import blocks
from publishing.richtext.document import without_fact_words
from publishing.richtext.table_element import first_chart
from tests.patterns import CHARACTERS, FAST_SECONDS, UsedPattern, processor_limit, slow_text, used_patterns

LENGTH = 80_000  # with which time in proportion to the square is more than SECONDS
SECONDS = 4


@pytest.mark.whole
def test_no_pattern_of_the_code_takes_more_than_linear_time(record_property, capsys):
    patterns = used_patterns()
    slow = {used.place: text for used in patterns if (text := slow_text(used))}
    record_property("patterns", len(patterns))
    with capsys.disabled():
        print(f"\nFed {len(patterns)} patterns.")
    assert len(patterns) > 400
    assert not slow, f"{len(slow)} of {len(patterns)} patterns"


@pytest.mark.whole
@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})", "sub"),
        (r"([^{}]+)\{([^{}]*)\}", "findall"),
        (r"(€?\d[\d,]*–\d(?:[\d,]*\d)?)", "split"),
        (r"[^“]*?”", "subn"),
        (r"([^\s(),]*)\s*\(", "findall"),
        (r"\s*\(free\)\Z", "sub"),
        (r"\bat\b.*(?:\bdot\b|\w\.[a-z]{2})", "search"),
        (r"/(?:[a-z0-9_.~%-]+/?)*", "fullmatch"),
    ],
)
def test_patterns_that_were_once_slow_are_noticed(pattern, method):
    assert slow_text(UsedPattern(pattern, re.NOFLAG, "", frozenset([method]), CHARACTERS, FAST_SECONDS))


def _svg(style: str = "", shape: str = "") -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><style>{style}</style>'
        f'<path d="M0 0" style="{shape}" class="{shape}" transform="{shape}"/></svg>'
    ).encode()


ATTACKS = {
    "at signs in a style": lambda: svg.cleaned(_svg("@" * LENGTH)),
    "a style without braces": lambda: svg.cleaned(_svg("a" * LENGTH)),
    "comments that do not end": lambda: svg.cleaned(_svg("/*" * (LENGTH // 2))),
    "selectors and properties": lambda: svg.cleaned(_svg("a," * 20_000 + "a{" + "x:1;" * 10_000 + "}")),
    "braces": lambda: svg.cleaned(_svg("{" * LENGTH)),
    "a long value": lambda: svg.cleaned(_svg("", "1" * LENGTH)),
    "opened brackets": lambda: svg.cleaned(_svg("", " (" * (LENGTH // 2))),
    "a run of digits": lambda: whole_names("1" * LENGTH),
    "digits with commas": lambda: whole_names("1," * (LENGTH // 2)),
    "the page of an enquiry": lambda: local_path(f"/{'a' * 190}!"),
    "a quotation that does not end": lambda: [*sentences_of_html(f"<p>“A. {'B ' * (LENGTH // 2)}</p>")],
    "quotation marks": lambda: [*sentences_of_html(f"<p>“A. {'“' * LENGTH}. B</p>")],
    "signs for facts": lambda: [*sentences_of_html(f"<p>{chr(0xE001) * LENGTH}</p>")],
    "sentences": lambda: [*sentences_of_text("A. " * (LENGTH // 3))],
    "spaces in a name": lambda: spelling.words_of(f"a{' ' * LENGTH}a"),
    "spaces after a model": lambda: StackNames([("o3", 1)], [], []).find(f"o3{' ' * LENGTH}x"),
    "tags that do not end": lambda: blocks("<a " * (LENGTH // 3)),
    "facts that do not end": lambda: without_fact_words('<a href="fact:a">a' * (LENGTH // 8)),
    "tables that do not end": lambda: first_chart('<table data-table="a;chart=a' * (LENGTH // 8)),
    "brackets in a log": lambda: redacted('password1" = ( ' * (LENGTH // 8)),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_once_stopped_the_site_takes_a_moment(attack):
    with processor_limit(SECONDS):
        attack()


def test_an_element_with_more_attributes_than_svg_has_is_refused_in_words():
    attributes = " ".join(f'a{number}="1"' for number in range(svg.MOST_ATTRIBUTES + 1))
    with pytest.raises(ValidationError, match="more than 200 attributes"):
        svg.cleaned(_svg().replace(b"<path", f"<path {attributes}".encode()))


def test_a_style_sheet_that_no_drawing_needs_is_refused_in_words():
    assert svg.cleaned(_svg("a{fill:red}" + " " * (svg.MOST_STYLE_CHARACTERS - 11)))
    with pytest.raises(ValidationError, match=r"more than 100,000 characters\. Export it without embedded fonts"):
        svg.cleaned(_svg("@" * (svg.MOST_STYLE_CHARACTERS + 1)))

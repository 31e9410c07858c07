"""Names and ranges that no line may break."""

import pytest

from publishing.rendering.compiler import compiled
from publishing.rendering.names import whole_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("off GPT-3.5 Turbo", 'off <span class="unbroken">GPT-3.5</span> Turbo'),
        (
            "“GPT-4o-mini” & o3-pro?",
            '“<span class="unbroken">GPT-4o-mini</span>” &amp; <span class="unbroken">o3-pro</span>?',
        ),
        ("a million-token prompt", "a million-token prompt"),
        ("<b>GPT 4</b>", "&lt;b&gt;GPT 4&lt;/b&gt;"),
        (
            "about €9,000–16,000, in 3–5 weeks",
            'about <span class="unbroken">€9,000–16,000</span>, in <span class="unbroken">3–5</span> weeks',
        ),
        ("gpt-3.5-turbo-instruct-0914", "gpt-3.5-turbo-instruct-0914"),
    ],
)
def test_short_names_and_ranges_stay_whole(text, expected):
    assert whole_names(text) == expected


def test_names_in_bodies_stay_whole_but_not_in_code():
    html = compiled("<p>Use GPT-4o or <code>gpt-4o</code></p>").html
    assert html == ['<p>Use <span class="unbroken">GPT-4o</span> or <code>gpt-4o</code></p>']

"""Names such as GPT-4o and ranges such as €9,000–16,000 in HTML, so that no line ends at their hyphens and dashes."""

import re

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

# A range, or a word with a hyphen and a digit that fits a heading on a phone: browsers break both.
NAME = re.compile(r"(€?\d[\d,]*–\d(?:[\d,]*\d)?|(?<![\w.-])(?=[\w.-]*\d)(?=[\w.-]{3,18}(?![\w.-]))[\w.]+(?:-[\w.]+)+)")
WHOLE = '<span class="unbroken">{}</span>'


def whole_names(text: str) -> SafeString:
    """Render plain text with its names and ranges unbroken; HTML stays as it is."""
    if isinstance(text, SafeString) or not NAME.search(text):
        return conditional_escape(text)
    pieces = NAME.split(text)
    pieces[1::2] = [format_html(WHOLE, name) for name in pieces[1::2]]
    return format_html_join("", "{}", zip(pieces))

"""Names such as GPT-4o in HTML, so that no line ends at their hyphens."""

import re

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

# A word with a hyphen and a digit, short enough for a heading on a phone. Browsers break it, and no CSS forbids that.
NAME = re.compile(r"(?<![\w.-])((?=[\w.-]*\d)(?=[\w.-]{3,18}(?![\w.-]))[\w.]+(?:-[\w.]+)+)")
WHOLE = '<span class="unbroken">{}</span>'


def whole_names(text: str) -> SafeString:
    """Render plain text with its names unbroken; HTML stays as it is."""
    if isinstance(text, SafeString) or "-" not in text:
        return conditional_escape(text)
    pieces = NAME.split(text)
    pieces[1::2] = [format_html(WHOLE, name) for name in pieces[1::2]]
    return format_html_join("", "{}", zip(pieces))

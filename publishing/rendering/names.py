"""Names such as GPT-4o, ranges such as €9,000–16,000 and dates in HTML, so that no line ends within them."""

import calendar
import re

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

# A range, a day and month, or a word with a hyphen and a digit that fits a heading on a phone: browsers break them.
DAY = rf"\b\d{{1,2}} (?:{'|'.join(calendar.month_name[1:])})(?= \d{{4}}\b)"
WORD = r"(?<![\w.-])(?=[\w.-]*\d)(?=[\w.-]{3,18}(?![\w.-]))[\w.]+(?:-[\w.]+)+"
NAME = re.compile(rf"((?<![\d,])€?\d[\d,]{{,15}}–\d(?:[\d,]{{,15}}\d)?|{DAY}|{WORD})")
WHOLE = '<span class="unbroken">{}</span>'


def whole_names(text: str) -> SafeString:
    """Render plain text with its names and ranges unbroken; HTML stays as it is."""
    if isinstance(text, SafeString) or not NAME.search(text):
        return conditional_escape(text)
    pieces = NAME.split(text)
    pieces[1::2] = [format_html(WHOLE, name) for name in pieces[1::2]]
    return format_html_join("", "{}", zip(pieces))

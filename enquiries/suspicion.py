"""Spam detection. Suspected spam is saved separately, because it may be genuine."""

import re

LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
LINK_MARKUP = re.compile(r"<a\s|\[url[=\]]|\[link[=\]]", re.IGNORECASE)
MOST_LINKS = 4


def reasons_to_suspect(values: dict) -> list[str]:
    """Return reasons to suspect spam, in words for the admin; an empty list for most enquiries."""
    text = f"{values['message']} {values['purpose']}"
    links = len(LINK.findall(text))
    return [
        words
        for words, is_so in (
            (f"{links} links", links > MOST_LINKS),
            ("markup of links", LINK_MARKUP.search(text)),
            ("a link instead of a name", LINK.search(f"{values['name']} {values['company']}")),
            ("a message without a word", not any(letter.isalpha() for letter in values["message"])),
        )
        if is_so
    ]

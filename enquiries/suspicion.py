"""What looks like spam. It is saved all the same, apart, since a person may write like a robot."""

import re

LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
LINK_MARKUP = re.compile(r"<a\s|\[url[=\]]|\[link[=\]]", re.IGNORECASE)
MOST_LINKS = 4


def reasons_to_suspect(values: dict) -> list[str]:
    """Return what speaks against an enquiry, in words for the admin; nothing for most."""
    text = f"{values['message']} {values['purpose']}"
    links = len(LINK.findall(text))
    return [
        words
        for words, is_so in (
            (f"{links} links", links > MOST_LINKS),
            ("markup of links", LINK_MARKUP.search(text)),
            ("a link in the place of a name", LINK.search(f"{values['name']} {values['company']}")),
            ("a message without a word", not any(letter.isalpha() for letter in values["message"])),
        )
        if is_so
    ]

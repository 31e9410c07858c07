"""A body as a tree, and the records that its addresses name."""

import re
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote

from lxml import html as lxml_html

from publishing.richtext.allowlist import UNSTORABLE
from publishing.richtext.table_element import ATTRIBUTE, MARK, UnreadableError, comparison, in_tree

MENTION = re.compile(
    r"(?:ref|fact):(?P<label>[a-z]\w*\.[a-z]\w*)/(?P<pk>\d{1,18})"
    r"(?:/(?P<fact>\w+)(?:\?(?P<wording>\S+))?)?",
    re.ASCII,
)
# The words of a fact are those of the day on which it was written.
FACT_WORDS = re.compile(r'(<a href="fact:[^"]*">).*?(?=</a>)', re.DOTALL)


class Mention(NamedTuple):
    """A record named in a body: by the label of its model and its primary key, and the words that the reader sees.

    Of a fact also its name, and the wording into which its value is put, "" for the value alone.
    """

    label: str
    pk: int
    words: str = ""
    fact: str = ""
    wording: str = ""


def parse(html: str):
    """Return the tree of cleaned `html` under an element of our own. What came past the field is parsed as well."""
    return lxml_html.fragment_fromstring(UNSTORABLE.sub("", html or ""), create_parent="div")


def serialize(tree) -> str:
    """Return the HTML inside the element that `parse` made."""
    return lxml_html.tostring(tree, encoding="unicode")[len("<div>") : -len("</div>")]


def mention(address: str | None, words: str = "") -> Mention | None:
    """Return which record an address with a scheme of ours names, or None for any other address."""
    match = MENTION.fullmatch(address or "")
    return match and Mention(
        match["label"],
        int(match["pk"]),
        words,
        match["fact"] or "",
        # Percent signs may hide what no text can hold.
        UNSTORABLE.sub("", unquote(match["wording"] or "")),
    )


def without_fact_words(html: str) -> str:
    """Return a cleaned body without the values of its facts and the rows of its live tables, which are those of today
    whenever it is read."""
    html = _without_live_rows(html) if MARK in html else html
    return FACT_WORDS.sub(r"\1", html) if "fact:" in html else html


def _without_live_rows(html: str) -> str:
    tree = parse(html)
    for table, text in in_tree(tree):
        try:
            found = comparison(text)
        except UnreadableError:
            continue
        if not found.is_settled:
            table.set(ATTRIBUTE, replace(found, as_of=None).as_text())
            for rows in [child for child in table if child.tag != "caption"]:
                table.remove(rows)
    return serialize(tree)


def words_of(element) -> str:
    """Return the words of an element without its notes, in one line."""
    parts = element.xpath(".//text()[not(ancestor::small)] | .//br")
    return " ".join("".join(part if isinstance(part, str) else " " for part in parts).split())

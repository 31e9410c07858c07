"""A body as a tree, and the records that its links refer to."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import html as lxml_html
from lxml.html import HtmlElement

from publishing.richtext.allowlist import UNSTORABLE
from publishing.richtext.table_element import ATTRIBUTE, MARK, InvalidTableError, comparison, in_tree

MENTION = re.compile(
    r"(?:ref|fact):(?P<label>[a-z]\w*\.[a-z]\w*)/(?P<pk>\d{1,18})"
    r"(?:/(?P<fact>\w+)(?:\?(?P<wording>\S+))?)?",
    re.ASCII,
)
# The words of a fact are its value on the day on which the text was saved.
FACT_WORDS = re.compile(r'(<a href="fact:[^"]*">)(?:(?!<a ).)*?(?=</a>)', re.DOTALL)


class Mention(NamedTuple):
    """A mention of a record in a body. The value of a fact is inserted into `wording`; "" for the value alone."""

    label: str
    pk: int
    words: str = ""
    fact: str = ""
    wording: str = ""


def parse(html: str) -> HtmlElement:
    """Return the tree of cleaned `html` under a `div`. Uncleaned text, such as that of bulk SQL, is parsed as well."""
    return lxml_html.fragment_fromstring(UNSTORABLE.sub("", html or ""), create_parent="div")


def serialize(tree: HtmlElement) -> str:
    """Return the HTML inside the `div` that `parse` made."""
    return lxml_html.tostring(tree, encoding="unicode")[len("<div>") : -len("</div>")]


def mention(address: str | None, text: str = "") -> Mention | None:
    """Return the record that a URL with one of our schemes refers to; None for any other URL."""
    match = MENTION.fullmatch(address or "")
    return match and Mention(
        match["label"],
        int(match["pk"]),
        text,
        match["fact"] or "",
        # Percent-encoding may hide characters that cannot be stored.
        UNSTORABLE.sub("", unquote(match["wording"] or "")),
    )


def in_texts(value: Any, function: Callable[[str], str]) -> Any:
    """Return a JSON value with `function` applied to every text in it."""
    match value:
        case str():
            return function(value)
        case list():
            return [in_texts(item, function) for item in value]
        case dict():
            return {name: in_texts(item, function) for name, item in value.items()}
    return value


def without_fact_words(html: str) -> str:
    """Return a cleaned body without fact values and live table rows, which change with the catalogue."""
    html = _without_live_rows(html) if MARK in html else html
    return FACT_WORDS.sub(r"\1", html) if "fact:" in html else html


def _without_live_rows(html: str) -> str:
    tree = parse(html)
    for table, text in in_tree(tree):
        try:
            definition = comparison(text)
        except InvalidTableError:
            continue
        table.set(ATTRIBUTE, replace(definition, as_of=None).as_text())
        for rows in [child for child in table if child.tag != "caption"]:
            table.remove(rows)
    return serialize(tree)


def words_of(element: HtmlElement) -> str:
    """Return the words of an element without its notes, in one line."""
    parts = element.xpath(".//text()[not(ancestor::small)] | .//br")
    return " ".join("".join(part if isinstance(part, str) else " " for part in parts).split())

"""Comparison tables as they are stored: with the words of the day on which the text was saved, or published."""

from dataclasses import replace
from html import escape

from publishing.comparisons.filling import Filled, Tables
from publishing.facts import Facts, FactSource, cited
from publishing.richtext.allowlist import clean
from publishing.richtext.comparison import ATTRIBUTE, MARK, in_tree
from publishing.richtext.document import mention, parse, serialize

SOURCES = "Sources: "


def with_tables_of_today(html: str, is_public: bool = False) -> str:
    """Return a body whose live tables say what is known today; those to be frozen are once it `is_public`.

    Three queries where there is one that may change, none where there is not.
    """
    if MARK not in (html or ""):
        return html
    tables = Tables(html)
    if not tables.are_live:
        return html
    tree, facts = parse(html), cited([], tables.wanted())
    for table, text in in_tree(tree):
        is_frozen_now = is_public and tables.is_to_be_frozen(text)
        filled = tables.fill_one(table, facts, for_readers=is_frozen_now)
        if is_frozen_now and filled.is_of_today:
            _freeze(filled, tables, facts)
    return clean(serialize(tree))


def _freeze(filled: Filled, tables: Tables, facts: Facts):
    """Make words of the values, and name their sources under the caption: neither follows the catalogue any more."""
    table, sources = filled.element, {}
    for link in list(table.iter("a")):
        item = mention(link.get("href"))
        if item and item.fact:
            fact = facts.get((item.label, item.pk, item.fact))
            if fact and fact.source:
                sources[fact.source.key] = fact.source
            link.drop_tag()
    if sources:
        caption_of(table).append(_note(list(sources.values())))
    table.set(ATTRIBUTE, replace(filled.comparison, as_of=tables.day).as_text())


def caption_of(table):
    """The caption of a table, which is made where there is none."""
    caption = table.find("caption")
    if caption is None:
        caption = table.makeelement("caption", {})
        caption.text = "Comparison"
        table.insert(0, caption)
    return caption


def _note(sources: list[FactSource]):
    links = [f'<a href="{escape(source.url)}">{escape(source.title)}</a>' if source.url else "" for source in sources]
    said = "; ".join(source.in_words(link, escape) for source, link in zip(sources, links, strict=True))
    return parse(f"<small>{SOURCES}{said}</small>")[0]

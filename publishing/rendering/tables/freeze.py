"""The stored form of comparison tables, with the facts of the day on which the text was saved or published."""

from dataclasses import replace
from datetime import date
from html import escape

from lxml.html import tostring

from publishing.content.facts import Facts, FactSource, cited
from publishing.content.follow_up import SavedRecords, after_write, before_write
from publishing.rendering.tables.fill import Filled, Tables, rows_by_key, warning_of
from publishing.richtext import rich_text_fields
from publishing.richtext.allowlist import clean
from publishing.richtext.document import mention, parse, serialize
from publishing.richtext.table_element import ATTRIBUTE, MARK, in_tree

SOURCES = "Sources: "


def with_current_tables(html: str, is_public: bool = False) -> str:
    """Return a body with today's facts in its live tables; those to be frozen are frozen once it `is_public`.

    Three queries if a table may change, none otherwise.
    """
    if MARK not in (html or ""):
        return html
    tables = Tables(html)
    if not tables.are_live:
        return html
    tree, facts = parse(html), cited([], tables.wanted())
    for table, text in in_tree(tree):
        is_frozen_now = is_public and tables.is_to_be_frozen(text)
        filled = tables.current(text, facts)
        if filled.is_current:
            _fill(table, filled, facts, for_readers=is_frozen_now)
        if is_frozen_now and filled.is_current:
            _freeze(table, filled, tables.day, facts)
    return clean(serialize(tree))


def _fill(table, filled: Filled, facts: Facts, for_readers: bool):
    """Fill the element of a table with `facts`.

    For readers, rows of records that they may not see are left out; the stored table keeps them as last known.
    """
    found, columns = filled.comparison, filled.columns
    kept = {} if for_readers or found.listed is not None else rows_by_key(table, found)
    keys = filled.keys if found.listed is not None else [key for key in found.keys if key in {*filled.keys, *kept}]
    rows = ["".join(f"<th><p>{escape(words)}</p></th>" for words in filled.rows(facts)[0])]
    for key in keys:
        if key in filled.keys:
            name, warning = facts[found.label, key, "name"].value, warning_of(found, key, facts)
            cells = "".join(f"<td><p>{column.cell(key, for_readers)}</p></td>" for column in columns)
            link = f'<a href="ref:{found.label}/{key}">{escape(name)}</a>'
            rows.append(f"<th><p>{link}{escape(warning)}</p></th>{cells}")
        else:
            rows.append("".join(tostring(cell, encoding="unicode", with_tail=False) for cell in kept[key]))
    for old in [child for child in table if child.tag != "caption"]:
        table.remove(old)
    table.extend(parse(f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>")[0])
    table.set(ATTRIBUTE, found.as_text())


def _freeze(table, filled: Filled, day: date, facts: Facts):
    """Replace values by plain words and list their sources below the caption, independent of the catalogue."""
    sources = {}
    for link in list(table.iter("a")):
        item = mention(link.get("href"))
        if item and item.fact:
            fact = facts.get((item.label, item.pk, item.fact))
            if fact and fact.source:
                sources[fact.source.key] = fact.source
            link.drop_tag()
    if sources:
        caption_of(table).append(_note(list(sources.values())))
    table.set(ATTRIBUTE, replace(filled.comparison, as_of=day).as_text())


def caption_of(table):
    """Return the caption of a table; it is created if missing."""
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


@before_write.register
def update_tables(record) -> list[str]:
    """Fill the tables of a record's texts with today's facts; return the names of the changed texts.

    Tables to be frozen are frozen when the record is published.
    """
    changed = []
    for name in sorted(rich_text_fields(type(record)) & record.__dict__.keys()):
        text = getattr(record, name)
        today = with_current_tables(text, record.state == "published") if isinstance(text, str) else text
        if today is not text and today != text:
            setattr(record, name, today)
            changed.append(name)
    return changed


@after_write.register
def freeze_tables_of_published(written: SavedRecords):
    """Freeze tables also when only the state was written, without the texts."""
    if written.fields is None or "state" not in written.fields:
        return
    for record in written.records:
        if record.state == "published" and (changed := update_tables(record)):
            record.save(update_fields=changed)

"""The stored form of comparison tables, with the facts of the day on which the text was saved."""

from html import escape
from typing import cast

from lxml.html import tostring

from publishing.content.facts import Facts, cited
from publishing.content.follow_up import before_write
from publishing.rendering.tables.fill import Filled, Tables, rows_by_key, warning_of
from publishing.richtext import rich_text_fields
from publishing.richtext.allowlist import clean
from publishing.richtext.document import parse, serialize
from publishing.richtext.table_element import ATTRIBUTE, MARK, TableDefinition, in_tree


def with_current_tables(html: str) -> str:
    """Return a body with today's facts in its tables. Three queries if a table may change, none otherwise."""
    if MARK not in (html or ""):
        return html
    tables = Tables(html)
    if not tables.are_live:
        return html
    tree, facts = parse(html), cited([], tables.wanted())
    for table, text in in_tree(tree):
        filled = tables.current(text, facts)
        if filled.is_current:
            _fill(table, filled, facts)
    return clean(serialize(tree))


def _fill(table, filled: Filled, facts: Facts):
    """Fill the element of a table with `facts`. Rows of records that readers may not see stay as last known."""
    found, columns = cast(TableDefinition, filled.comparison), filled.columns
    kept = rows_by_key(table, found)
    keys = [key for key in found.keys if key in {*filled.keys, *kept}]
    rows = ["".join(f"<th><p>{escape(words)}</p></th>" for words in filled.rows(facts)[0])]
    for key in keys:
        if key in filled.keys:
            name, warning = facts[found.label, key, "name"].value, warning_of(found, key, facts)
            cells = "".join(f"<td><p>{column.cell(key)}</p></td>" for column in columns)
            link = f'<a href="ref:{found.label}/{key}">{escape(name)}</a>'
            rows.append(f"<th><p>{link}{escape(warning)}</p></th>{cells}")
        else:
            rows.append("".join(tostring(cell, encoding="unicode", with_tail=False) for cell in kept[key]))
    for old in [child for child in table if child.tag != "caption"]:
        table.remove(old)
    table.extend(parse(f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>")[0])
    table.set(ATTRIBUTE, found.as_text())


@before_write.register
def update_tables(record):
    """Fill the tables of a record's texts with today's facts."""
    for name in sorted(rich_text_fields(type(record)) & record.__dict__.keys()):
        text = getattr(record, name)
        if isinstance(text, str) and (today := with_current_tables(text)) != text:
            setattr(record, name, today)

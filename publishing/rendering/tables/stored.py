"""The stored form of comparison tables, with the facts of the day on which the text was saved."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import cast

from lxml.html import tostring

from publishing.content.facts import Facts
from publishing.content.follow_up import before_write
from publishing.rendering.tables.fill import Filled, Tables, chart_cell, rows_by_key, warning_of
from publishing.rendering.tables.sources import DrawnChart
from publishing.richtext import rich_text_fields
from publishing.richtext.allowlist import clean
from publishing.richtext.document import parse, serialize
from publishing.richtext.table_element import ATTRIBUTE, MARK, TableDefinition, in_tree


def with_current_tables(html: str) -> str:
    """Return a body with today's facts in its tables. Two queries if a table may change, and those of charts."""
    if MARK not in (html or ""):
        return html
    tables = Tables(html)
    if not tables.are_live:
        return html
    tree, facts = parse(html), tables.facts
    for table, text in in_tree(tree):
        filled = tables.current(text)
        if filled.is_current:
            _fill(table, filled, facts)
    return clean(serialize(tree))


def _fill(table, filled: Filled, facts: Facts):
    """Fill the element of a table with `facts`. Rows of records that readers may not see stay as last known."""
    definition = cast(TableDefinition, filled.comparison)
    head = "".join(f"<th><p>{escape(heading)}</p></th>" for heading in filled.rows(facts)[0])
    rows = [head, *(_chart_rows(definition, filled.chart) if filled.chart else _rows(table, definition, filled, facts))]
    for old in [child for child in table if child.tag != "caption"]:
        table.remove(old)
    table.extend(parse(f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>")[0])
    table.set(ATTRIBUTE, definition.as_text())


def _rows(table, definition: TableDefinition, filled: Filled, facts: Facts) -> Iterator[str]:
    stored_rows = rows_by_key(table, definition)
    for key in definition.keys:
        if key in filled.keys:
            name, warning = facts[definition.label, key, "name"].value, warning_of(definition, key, facts)
            yield _row(definition.label, key, name, warning, (column.cell(key) for column in filled.columns))
        elif key in stored_rows:
            yield "".join(tostring(cell, encoding="unicode", with_tail=False) for cell in stored_rows[key])


def _chart_rows(definition: TableDefinition, chart: DrawnChart) -> Iterator[str]:
    for row in chart.rows:
        cells = (chart_cell(row.label, row.key, cell, bool(definition.day)) for cell in row.cells)
        yield _row(row.label, row.key, row.name, "", cells)


def _row(label: str, key: int, name: str, warning: str, cells: Iterable[str]) -> str:
    values = "".join(f"<td><p>{cell}</p></td>" for cell in cells)
    return f'<th><p><a href="ref:{label}/{key}">{escape(name)}</a>{escape(warning)}</p></th>{values}'


@before_write.register
def update_tables(record):
    """Fill the tables of a record's texts with today's facts."""
    for name in sorted(rich_text_fields(type(record)) & record.__dict__.keys()):
        text = getattr(record, name)
        if isinstance(text, str) and (today := with_current_tables(text)) != text:
            setattr(record, name, today)

"""Fill the comparison tables of texts with the facts of a day.

Stored values are facts and rows begin with links to their records: references, sources and warnings follow from them.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import cast

from django.utils import timezone
from django.utils.formats import date_format
from lxml.html import HtmlElement

from publishing.content.facts import NUMBER, Facts, Names, citable, cited, names_of, records_on
from publishing.rendering.tables.sources import ChartCell, ChartRow, DrawnChart, comparable, parse_table_definition
from publishing.richtext.document import Mention, mention, parse
from publishing.richtext.table_element import MARK, InvalidTableError, TableDefinition, in_tree

UNKNOWN = "unknown"
NUMBER_ALONE = "?%7Bnumber%7D"


class TableColumn:
    """A fact of the shown records. A unit that all its values share is only in the header."""

    def __init__(self, label: str, name: str, keys: list[int], facts: Facts):
        self.label, self.name = label, name
        self.facts = {key: facts[label, key, name] for key in keys if (label, key, name) in facts}
        units = {fact.value.removeprefix(fact.number).strip() for fact in self.facts.values() if fact.number} - {""}
        # Each value is its number followed by the unit, or words only.
        is_plain = all(f"{fact.value} ".startswith(f"{fact.number} ") for fact in self.facts.values() if fact.number)
        self.unit = next(iter(units)) if len(units) == 1 and is_plain else ""

    @property
    def head(self) -> str:
        words = comparable[self.label].columns[self.name]
        return f"{words}, {self.unit}" if self.unit else words

    def has_number_alone(self, key: int) -> bool:
        fact = self.facts.get(key)
        return bool(fact and self.unit and fact.value != fact.number)

    def value(self, key: int) -> str:
        """Return the value for a record in words; "" if unknown."""
        fact = self.facts.get(key)
        return fact.worded("{number}" if self.has_number_alone(key) else "") if fact else ""

    def cell(self, key: int) -> str:
        """Return the HTML of the value as it is stored."""
        # An unknown value is stored as a fact too, so that a later change is noticed.
        wording = NUMBER_ALONE if self.has_number_alone(key) else ""
        return f'<a href="fact:{self.label}/{key}/{self.name}{wording}">{escape(self.value(key) or UNKNOWN)}</a>'


def chart_cell(label: str, key: int, cell: ChartCell, is_frozen: bool) -> str:
    """Return the HTML of a value behind a chart as it is stored. On a frozen day it is no fact of today."""
    words = escape(cell.words or UNKNOWN)
    return (
        words if is_frozen or not cell.fact else f'<a href="fact:{label}/{key}/{cell.fact}{NUMBER_ALONE}">{words}</a>'
    )


def _with_doubts(row: ChartRow, facts: Facts) -> ChartRow:
    """Return a row behind a chart with its facts as they are worded everywhere, with a mark if they are doubtful."""
    cited = [(cell, facts.get((row.label, row.key, cell.fact))) for cell in row.cells]
    return replace(row, cells=[cell._replace(words=fact.worded(NUMBER)) if fact else cell for cell, fact in cited])


def warning_of(found: TableDefinition, key: int, facts: Facts) -> str:
    """Return the warning to show after a record's name if no column states it; "" if there is none."""
    kind = comparable[found.label]
    status = facts.get((found.label, key, kind.status_fact))
    is_column = kind.status_fact in found.facts
    return f" ({status.value})" if status and not is_column and status.value in kind.warnings else ""


def rows_by_key(table: HtmlElement, found: TableDefinition) -> dict[int, HtmlElement]:
    """Return the rows of a stored table that have the columns of `found`, by the keys of their records."""
    rows = {}
    for row in table.iter("tr"):
        named = [mention(link.get("href")) for link in row.iter("a")]
        is_whole = len(row) == len(found.facts) + 1
        if is_whole and named and named[0] and [item and item.fact for item in named] == ["", *found.facts]:
            rows[named[0].pk] = row
    return rows


@dataclass(frozen=True)
class Filled:
    """A filled table or chart; `problem` says why there is no `comparison`.

    `keys`, and `columns` or `chart`, are those of the day if `is_current`.
    """

    comparison: TableDefinition | None
    problem: str = ""
    is_current: bool = False
    keys: tuple[int, ...] = ()
    columns: tuple[TableColumn, ...] = ()
    chart: DrawnChart | None = None

    def rows(self, facts: Facts) -> list[list[str]]:
        """Return the words of a filled table, header row first."""
        if self.chart:
            rows = ([row.name, *(cell.words or UNKNOWN for cell in row.cells)] for row in self.chart.rows)
            return [[*self.chart.head], *rows]
        found = cast(TableDefinition, self.comparison)
        names = [f"{facts[found.label, key, 'name'].value}{warning_of(found, key, facts)}" for key in self.keys]
        head = [comparable[found.label].noun, *(column.head for column in self.columns)]
        values = [[column.value(key) or UNKNOWN for column in self.columns] for key in self.keys]
        return [head, *([name, *row] for name, row in zip(names, values, strict=True))]

    def day_in_words(self) -> str:
        """Return the date of the values, as it appears after the caption."""
        if self.comparison is None or self.comparison.as_of is None:
            return ""
        return f"({'as of' if self.is_current else 'last known on'} {date_format(self.comparison.as_of, 'j F Y')})"

    def source_in_words(self) -> str:
        if self.is_current and self.chart and self.comparison and self.comparison.day:
            return f"From the catalogue, as recorded for that day. {self.chart.note}".rstrip()
        if self.is_current:
            return f"From the catalogue, with current values. {self.chart.note if self.chart else ''}".rstrip()
        return "From the catalogue, which no longer lists these records."


class Tables:
    """The comparison tables of bodies or attribute values, with the facts of them and of `mentions` beside them."""

    def __init__(self, *bodies: str, texts: Collection[str] = (), mentions: Collection[Mention] = ()):
        self.day = timezone.localdate()
        texts = {*texts, *(text for body in bodies if MARK in (body or "") for _, text in in_tree(parse(body)))}
        self._known = {text: _read(text) for text in texts}
        live = [found for found in self._known.values() if isinstance(found, TableDefinition)]
        self.are_live = bool(live)
        self._names = names_of(mentions)
        for found in live:
            of_kind = self._names.setdefault(found.label, {})
            of_kind |= {key: set() for key in found.keys if key not in of_kind}
        self.records = records_on(self.day, self._names)
        self._rows = {found: self.records[found.label].comparable(found.keys) for found in live}
        self._charts = {found: self._drawn(found) for found in live if found.chart}

    @cached_property
    def facts(self) -> Facts:
        return cited(self.records, self._wanted())

    def _drawn(self, found: TableDefinition) -> DrawnChart | None:
        """Return a chart on its day; None if it has lost all records that were chosen."""
        if found.keys and not self._rows[found]:
            return None
        numbers, records = {name: int(words) for name, words in found.numbers}, self.records[found.label]
        if found.day:
            records = citable[found.label].on_day(found.day, {key: set() for key in found.keys})
        drawn = comparable[found.label].charts[found.chart].draw(self._rows[found], numbers, records)
        return drawn if drawn.rows else None

    def shown(self, found: TableDefinition) -> list[int]:
        """Return the keys of the chosen records that readers may see."""
        return self._rows.get(found, [])

    def mentions(self) -> list[Mention]:
        """Return the records in the rows of today, for each column. Rows of charts have the addresses of theirs."""
        tables = [(one, keys) for one, keys in self._rows.items() if not one.chart]
        return [Mention(one.label, key, "", name) for one, keys in tables for key in keys for name in one.facts or [""]]

    def _wanted(self) -> dict[str, Names]:
        """Return the names of the facts of the mentions and of today's tables, by kind and key."""
        wanted = {label: {key: {*names} for key, names in some.items()} for label, some in self._names.items()}
        for found, keys in self._rows.items():
            if found.chart:
                for row, cell in self._cited_cells(found):
                    wanted.setdefault(row.label, {}).setdefault(row.key, set()).add(cell.fact)
                continue
            names = {*found.facts, "name", comparable[found.label].status_fact} - {""}
            for key in keys:
                wanted.setdefault(found.label, {}).setdefault(key, set()).update(names)
        return wanted

    def _cited_cells(self, found: TableDefinition) -> Iterator[tuple[ChartRow, ChartCell]]:
        """Return the values of today behind a chart that are facts, each with its row."""
        drawn = None if found.day else self._charts[found]
        return ((row, cell) for row in (drawn.rows if drawn else ()) for cell in row.cells if cell.fact)

    def current(self, text: str) -> Filled:
        """Return the table with the attribute value `text`, filled for today."""
        facts = self.facts
        found = self._known.get(text) or _read(text)
        if not isinstance(found, TableDefinition):
            return Filled(None, problem=found)
        if found.chart:
            drawn = self._charts.get(found)
            if not drawn:
                return Filled(found)
            if not found.day:
                drawn = replace(drawn, rows=[_with_doubts(row, facts) for row in drawn.rows])
            return Filled(replace(found, as_of=found.day or self.day), "", True, tuple(self._rows[found]), (), drawn)
        shown = [key for key in self._rows.get(found, []) if (found.label, key, "name") in facts]
        if not shown:
            return Filled(found)
        today = replace(found, as_of=self.day)
        columns = tuple(TableColumn(found.label, name, shown, facts) for name in found.facts)
        return Filled(today, is_current=True, keys=tuple(shown), columns=columns)


def _read(text: str) -> TableDefinition | str:
    try:
        return parse_table_definition(text)
    except InvalidTableError as problem:
        return str(problem)

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
        heading = comparable[self.label].columns[self.name]
        return f"{heading}, {self.unit}" if self.unit else heading

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
    text = escape(cell.words or UNKNOWN)
    return text if is_frozen or not cell.fact else f'<a href="fact:{label}/{key}/{cell.fact}{NUMBER_ALONE}">{text}</a>'


def _with_doubts(row: ChartRow, facts: Facts) -> ChartRow:
    """Return a row behind a chart with its facts as they are worded everywhere, with a mark if they are doubtful."""
    cited = [(cell, facts.get((row.label, row.key, cell.fact))) for cell in row.cells]
    return replace(row, cells=[cell._replace(words=fact.worded(NUMBER)) if fact else cell for cell, fact in cited])


def warning_of(definition: TableDefinition, key: int, facts: Facts) -> str:
    """Return the warning to show after a record's name if no column states it; "" if there is none."""
    kind = comparable[definition.label]
    status = facts.get((definition.label, key, kind.status_fact))
    is_column = kind.status_fact in definition.facts
    return f" ({status.value})" if status and not is_column and status.value in kind.warnings else ""


def rows_by_key(table: HtmlElement, definition: TableDefinition) -> dict[int, HtmlElement]:
    """Return the rows of a stored table that have the columns of `definition`, by the keys of their records."""
    rows = {}
    for row in table.iter("tr"):
        mentions = [mention(link.get("href")) for link in row.iter("a")]
        is_whole = len(row) == len(definition.facts) + 1
        if (
            is_whole
            and mentions
            and mentions[0]
            and [item and item.fact for item in mentions] == ["", *definition.facts]
        ):
            rows[mentions[0].pk] = row
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
        definition = cast(TableDefinition, self.comparison)
        names = [
            f"{facts[definition.label, key, 'name'].value}{warning_of(definition, key, facts)}" for key in self.keys
        ]
        head = [comparable[definition.label].noun, *(column.head for column in self.columns)]
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
        self._definitions = {text: _read(text) for text in texts}
        live = [definition for definition in self._definitions.values() if isinstance(definition, TableDefinition)]
        self.are_live = bool(live)
        self._names = names_of(mentions)
        for definition in live:
            of_kind = self._names.setdefault(definition.label, {})
            of_kind |= {key: set() for key in definition.keys if key not in of_kind}
        self.records = records_on(self.day, self._names)
        self._rows = {definition: self.records[definition.label].comparable(definition.keys) for definition in live}
        self._charts = {definition: self._drawn(definition) for definition in live if definition.chart}

    @cached_property
    def facts(self) -> Facts:
        return cited(self.records, self._wanted())

    def _drawn(self, definition: TableDefinition) -> DrawnChart | None:
        """Return a chart on its day; None if it has lost all records that were chosen."""
        if definition.keys and not self._rows[definition]:
            return None
        numbers = {name: int(number) for name, number in definition.numbers}
        records = self.records[definition.label]
        if definition.day:
            records = citable[definition.label].on_day(definition.day, {key: set() for key in definition.keys})
        drawn = comparable[definition.label].charts[definition.chart].draw(self._rows[definition], numbers, records)
        return drawn if drawn.rows else None

    def readable_keys(self, definition: TableDefinition) -> list[int]:
        """Return the keys of the chosen records that readers may see."""
        return self._rows.get(definition, [])

    def mentions(self) -> list[Mention]:
        """Return the records in the rows of today, for each column. Rows of charts have the addresses of theirs."""
        tables = [(definition, keys) for definition, keys in self._rows.items() if not definition.chart]
        return [
            Mention(definition.label, key, "", name)
            for definition, keys in tables
            for key in keys
            for name in definition.facts or [""]
        ]

    def _wanted(self) -> dict[str, Names]:
        """Return the names of the facts of the mentions and of today's tables, by kind and key."""
        wanted = {
            label: {key: {*names} for key, names in names_by_key.items()} for label, names_by_key in self._names.items()
        }
        for definition, keys in self._rows.items():
            if definition.chart:
                for row, cell in self._cited_cells(definition):
                    wanted.setdefault(row.label, {}).setdefault(row.key, set()).add(cell.fact)
                continue
            names = {*definition.facts, "name", comparable[definition.label].status_fact} - {""}
            for key in keys:
                wanted.setdefault(definition.label, {}).setdefault(key, set()).update(names)
        return wanted

    def _cited_cells(self, definition: TableDefinition) -> Iterator[tuple[ChartRow, ChartCell]]:
        """Return the values of today behind a chart that are facts, each with its row."""
        drawn = None if definition.day else self._charts[definition]
        return ((row, cell) for row in (drawn.rows if drawn else ()) for cell in row.cells if cell.fact)

    def current(self, text: str) -> Filled:
        """Return the table with the attribute value `text`, filled for today."""
        facts = self.facts
        parsed = self._definitions.get(text) or _read(text)
        if not isinstance(parsed, TableDefinition):
            return Filled(None, problem=parsed)
        if parsed.chart:
            drawn = self._charts.get(parsed)
            if not drawn:
                return Filled(parsed)
            if not parsed.day:
                drawn = replace(drawn, rows=[_with_doubts(row, facts) for row in drawn.rows])
            return Filled(replace(parsed, as_of=parsed.day or self.day), "", True, tuple(self._rows[parsed]), (), drawn)
        keys = [key for key in self._rows.get(parsed, []) if (parsed.label, key, "name") in facts]
        if not keys:
            return Filled(parsed)
        today = replace(parsed, as_of=self.day)
        columns = tuple(TableColumn(parsed.label, name, keys, facts) for name in parsed.facts)
        return Filled(today, is_current=True, keys=tuple(keys), columns=columns)


def _read(text: str) -> TableDefinition | str:
    try:
        return parse_table_definition(text)
    except InvalidTableError as problem:
        return str(problem)

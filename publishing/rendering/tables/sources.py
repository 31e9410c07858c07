"""The kinds of record that tables and charts in texts can show, declared by each app in `comparable`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from publishing.richtext.table_element import MOST_RECORDS, InvalidTableError, TableDefinition, comparison


class ChartNumber(NamedTuple):
    """A whole number that a chart is drawn for, such as the requests per day: from 0 to `most`."""

    label: str
    default: int
    most: int


class ChartCell(NamedTuple):
    """A value in the table behind a chart, "" if unknown; `fact` is its name if it is one that texts can cite."""

    words: str
    fact: str = ""


@dataclass(frozen=True)
class ChartRow:
    """A row of the table behind a chart: about one record, of the kind `label`."""

    label: str
    key: int
    name: str
    url: str
    cells: Sequence[ChartCell]


@dataclass(frozen=True)
class DrawnChart:
    """A chart on a day. `picture` takes a name that is unique on the page and returns HTML; the rest are sentences."""

    head: Sequence[str]
    rows: Sequence[ChartRow]
    picture: Callable[[str], str]
    note: str = ""
    finding: str = ""


@dataclass(frozen=True)
class ChartKind:
    """A way to draw records. `draw` takes the keys of the chosen records, the numbers by name, and the records on the
    day of the chart.

    At `most` so many records can be chosen; if `is_of_all`, none need be.
    """

    label: str
    help: str
    draw: Callable[[Sequence[int], dict[str, int], Any], DrawnChart]  # `Any` is what the app's own `on_day` returns
    numbers: dict[str, ChartNumber] = field(default_factory=dict)
    most: int = MOST_RECORDS
    is_of_all: bool = False


@dataclass(frozen=True)
class Comparable:
    """The declaration of an app for one kind of record.

    `noun` is the header of the first column; `columns` are the available facts and their headers; `offered` are the
    records that may be in a table. If the fact `status_fact` is one of `warnings`, it is shown beside the name.
    """

    noun: str
    columns: dict[str, str]
    offered: QuerySet
    status_fact: str = ""
    warnings: frozenset[str] = frozenset()
    charts: dict[str, ChartKind] = field(default_factory=dict)


comparable: dict[str, Comparable] = {}


def charts_to_choose(kind: Comparable) -> dict[str, dict]:
    """Return the kinds of chart for the editor's dialog, by name."""
    return {
        name: {
            "label": chart.label,
            "help": chart.help,
            "numbers": {key: of._asdict() for key, of in chart.numbers.items()},
        }
        for name, chart in kind.charts.items()
    }


def parse_table_definition(text: str) -> TableDefinition:
    """Return the parsed attribute value of a table or chart.

    Raises InvalidTableError, also for undeclared kinds, facts and charts.
    """
    definition = comparison(text)
    kind = comparable.get(definition.label)
    if kind is None:
        raise InvalidTableError(f"Records of type “{definition.label}” cannot be compared.")
    if unknown := [name for name in definition.facts if name not in kind.columns]:
        raise InvalidTableError(f"There is no column “{unknown[0]}”.")
    return _checked_chart(definition, kind.charts) if definition.chart else definition


def _checked_chart(definition: TableDefinition, charts: dict[str, ChartKind]) -> TableDefinition:
    """Return the definition of a chart with all of its numbers, in the order of its kind."""
    kind = charts.get(definition.chart)
    if kind is None:
        raise InvalidTableError(f"There is no chart “{definition.chart}”: choose {', '.join(charts)}.")
    remaining, numbers = dict(definition.numbers), []
    for name, number in kind.numbers.items():
        number_text = remaining.pop(name, "") or str(number.default)
        if not (
            number_text.isascii()
            and number_text.isdecimal()
            and len(number_text) < 12
            and int(number_text) <= number.most
        ):
            raise InvalidTableError(f"{number.label}: enter a whole number from 0 to {number.most:,}.")
        numbers.append((name, str(int(number_text))))
    for is_wrong, problem in (
        (remaining, f"The chart “{kind.label}” has no “{next(iter(remaining), '')}”."),
        (not definition.keys and not kind.is_of_all, f"{kind.label}: choose at least one model."),
        (
            len(definition.keys) > kind.most,
            f"{kind.label}: choose at most {kind.most} models; these are {len(definition.keys)}.",
        ),
        (definition.day and definition.day > timezone.localdate(), "Freeze a chart on a day that has come."),
    ):
        if is_wrong:
            raise InvalidTableError(problem)
    return replace(definition, numbers=tuple(numbers))

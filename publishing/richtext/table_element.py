"""A catalogue table or chart in a text, as its element describes it: the records, and the facts of each.

    <table data-table="catalog.aimodel?record=17&record=5&fact=context_tokens&as_of=2026-11-25">
    <table data-table="catalog.aimodel?record=17&record=5&chart=cost&tokens_in=2000&day=2026-07-01">

A chart has a kind and its numbers instead of facts, and is frozen on `day`, if it has one. The element also holds the
table as last filled, on the day `as_of`; that of a chart is the one behind the drawing.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qs, urlencode

from django.utils.dateparse import parse_date
from lxml.html import HtmlElement

ATTRIBUTE = "data-table"
MARK = f'<table {ATTRIBUTE}="'
MOST_RECORDS, MOST_FACTS = 50, 12
_OPENING = re.compile(f'{MARK}[^"]*"')
# The allowed form of the attribute (starter files may use slugs for records); its meaning is parsed below.
FORM = re.compile(r"[a-z]\w*\.[a-z]\w*\?[\w=&%.+-]{1,4000}", re.ASCII)
_KEY = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_FACT = re.compile(r"[a-z]\w{0,49}", re.ASCII)


class InvalidTableError(ValueError):
    """The attribute cannot be understood; the message is a sentence for editors."""


@dataclass(frozen=True)
class TableDefinition:
    """A catalogue table or, with `chart`, a chart with its `numbers`: `keys` are the chosen records in order."""

    label: str
    facts: tuple[str, ...]
    keys: tuple[int, ...]
    as_of: date | None = None
    chart: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    day: date | None = None

    def as_text(self) -> str:
        """Return the attribute value, with parameters in canonical order."""
        of = [*(("record", key) for key in self.keys), *(("fact", name) for name in self.facts)]
        of += [("chart", self.chart), *self.numbers] if self.chart else []
        of += [(name, day.isoformat()) for name, day in (("day", self.day), ("as_of", self.as_of)) if day]
        return f"{self.label}?{urlencode(of)}"


def first_chart(body: str) -> str:
    """Return the element of the first chart in a stored body, or ""."""
    opening = next((tag for tag in _OPENING.finditer(body) if ";chart=" in tag[0]), None)
    if opening is None:
        return ""
    inside, end, _ = body[opening.start() :].partition("</table>")
    return f"{inside}{end}" if end else ""


def comparison(text: str) -> TableDefinition:
    """Parse the attribute value. Raises InvalidTableError."""
    if not FORM.fullmatch(text or ""):
        raise InvalidTableError("It does not say of what it is.")
    label, _, parameters = text.partition("?")
    try:
        values_by_name = parse_qs(
            parameters, keep_blank_values=True, strict_parsing=True, max_num_fields=200, errors="strict"
        )
    except ValueError:
        raise InvalidTableError("What it is of is not written as the parameters of an address.") from None
    keys, facts, charts = (list(dict.fromkeys(values_by_name.pop(name, []))) for name in ("record", "fact", "chart"))
    days = {name: list(dict.fromkeys(values_by_name.pop(name, []))) for name in ("as_of", "day")}
    numbers = {name: values[0] for name, values in values_by_name.items()} if charts else {}
    other = next((name for name, values in values_by_name.items() if not charts or len(values) > 1), "")
    repeated = next((name for name, values in (days | {"chart": charts}).items() if len(values) > 1), "")
    wrong_day = next((name for name, values in days.items() if not all(map(_is_day, values))), "")
    for is_wrong, problem in (
        (other and not charts, f"There is no “{other}” of a table."),
        (other or repeated, f"“{other or repeated}” is said more than once."),
        (not all(map(_KEY.fullmatch, keys)), "A record is named by its number."),
        (not all(map(_FACT.fullmatch, facts)), "A column is named by the name of a fact."),
        (wrong_day, f"“{wrong_day}” is no day such as 2026-11-25."),
        (charts and facts, "A chart has no columns of its own: leave out “fact”."),
        (days["day"] and not charts, "Only a chart is frozen on a day."),
        (not charts and not facts, "Choose what to compare: a table has one column at least."),
        (len(facts) > MOST_FACTS, f"A table has {MOST_FACTS} columns at most; these are {len(facts)}."),
        (len(keys) > MOST_RECORDS, f"A table holds {MOST_RECORDS} rows at most; these are {len(keys)}."),
        (not charts and not keys, "Choose what to compare: a table has one row at least."),
    ):
        if is_wrong:
            raise InvalidTableError(problem)
    as_of, day = (parse_date(values[0]) if values else None for values in days.values())
    of_chart = ("".join(charts), tuple(sorted(numbers.items())), day)
    return TableDefinition(label, tuple(facts), tuple(map(int, keys)), as_of, *of_chart)


def _is_day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


def retargeted(text: str, label: str, key: int, to: int) -> str:
    """Return the attribute value with the record `key` replaced by `to`, of the same kind."""
    try:
        definition = comparison(text)
    except InvalidTableError:
        return text
    if definition.label != label or key not in definition.keys:
        return text
    return replace(
        definition, keys=tuple(dict.fromkeys(to if row_key == key else row_key for row_key in definition.keys))
    ).as_text()


def in_tree(tree: HtmlElement) -> list[tuple[HtmlElement, str]]:
    """Return the catalogue tables of a text, each with its attribute value."""
    return [(table, text) for table in tree.iter("table") if (text := table.get(ATTRIBUTE)) is not None]

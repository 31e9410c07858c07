"""A catalogue table in a text, as its element describes it: the records and the facts of each.

    <table data-table="catalog.aimodel?record=17&record=5&fact=context_tokens&as_of=2026-11-25">

With `list` instead of `record`, it contains the results of a list of such records, given by the query string of the
list page. The element also holds the table as last filled, on the day `as_of`.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from django.utils.dateparse import parse_date

ATTRIBUTE = "data-table"
MARK = f'<table {ATTRIBUTE}="'
MOST_RECORDS, MOST_FACTS, MOST_OF_LIST = 50, 12, 500
SINGLE = ("list", "as_of")
NAMES = {"record", "fact", *SINGLE}
# The allowed form of the attribute (starter files may use slugs for records); its meaning is parsed below.
FORM = re.compile(r"[a-z]\w*\.[a-z]\w*\?[\w=&%.+-]{1,4000}", re.ASCII)
_KEY = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_FACT = re.compile(r"[a-z]\w{0,49}", re.ASCII)


class InvalidTableError(ValueError):
    """The attribute cannot be understood; the message is a sentence for editors."""


@dataclass(frozen=True)
class TableDefinition:
    """A catalogue table: `keys` are the chosen records in order; `listed` the query string of a list, or None."""

    label: str
    facts: tuple[str, ...]
    keys: tuple[int, ...] = ()
    listed: str | None = None
    as_of: date | None = None

    def as_text(self) -> str:
        """Return the attribute value, with parameters in canonical order."""
        of = [("record", key) for key in self.keys] if self.listed is None else [("list", self.listed)]
        day = [("as_of", self.as_of.isoformat())] if self.as_of else []
        return f"{self.label}?{urlencode([*of, *(('fact', name) for name in self.facts), *day])}"


def comparison(text: str) -> TableDefinition:
    """Parse the attribute value. Raises InvalidTableError."""
    if not FORM.fullmatch(text or ""):
        raise InvalidTableError("It does not say of what it is.")
    label, _, parameters = text.partition("?")
    try:
        pairs = parse_qsl(parameters, keep_blank_values=True, strict_parsing=True, max_num_fields=200, errors="strict")
    except ValueError:
        raise InvalidTableError("What it is of is not written as the parameters of an address.") from None
    given = {name: [value for other, value in pairs if other == name] for name in NAMES}
    for name, value in pairs:
        problem = _problem(name, value)
        if problem or (name in SINGLE and len(given[name]) > 1):
            raise InvalidTableError(problem or f"“{name}” is said more than once.")
    facts, keys = tuple(dict.fromkeys(given["fact"])), tuple(dict.fromkeys(map(int, given["record"])))
    listed, day = (next(iter(given[name]), None) for name in SINGLE)
    if not facts:
        raise InvalidTableError("Choose what to compare: a table has one column at least.")
    if len(facts) > MOST_FACTS:
        raise InvalidTableError(f"A table has {MOST_FACTS} columns at most; these are {len(facts)}.")
    if len(keys) > MOST_RECORDS:
        raise InvalidTableError(f"A table holds {MOST_RECORDS} rows at most; these are {len(keys)}.")
    if bool(keys) == (listed is not None):
        raise InvalidTableError("A table is of records or of a list: say one of the two.")
    return TableDefinition(label, facts, keys, listed, parse_date(day) if day else None)


def _problem(name: str, value: str) -> str:
    """Return what is wrong with a parameter; "" if it is valid."""
    if name == "record" and not _KEY.fullmatch(value):
        return "A record is named by its number."
    if name == "fact" and not _FACT.fullmatch(value):
        return "A column is named by the name of a fact."
    if name == "as_of" and not _is_day(value):
        return "“as_of” is no day such as 2026-11-25."
    return "" if name in NAMES else f"There is no “{name}” of a table."


def _is_day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


def retargeted(text: str, label: str, key: int, to: int) -> str:
    """Return the attribute value with the record `key` replaced by `to`, of the same kind."""
    try:
        found = comparison(text)
    except InvalidTableError:
        return text
    if found.label != label or key not in found.keys:
        return text
    return replace(found, keys=tuple(dict.fromkeys(to if one == key else one for one in found.keys))).as_text()


def in_tree(tree) -> list[tuple]:
    """Return the catalogue tables of a text, each with its attribute value."""
    return [(table, table.get(ATTRIBUTE)) for table in tree.iter("table") if table.get(ATTRIBUTE) is not None]

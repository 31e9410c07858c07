"""The cells of a comparison table."""

from html import escape

from publishing.comparisons.kinds import comparable
from publishing.facts import Facts
from publishing.richtext.comparison import Comparison
from publishing.richtext.document import mention

UNKNOWN = "unknown"
NUMBER_ALONE = "?%7Bnumber%7D"


class Column:
    """A fact of the records that are shown. A unit that all its values share stands in its head alone."""

    def __init__(self, label: str, name: str, keys: list[int], facts: Facts):
        self.label, self.name = label, name
        self.facts = {key: facts[label, key, name] for key in keys if (label, key, name) in facts}
        units = {fact.value.removeprefix(fact.number).strip() for fact in self.facts.values() if fact.number} - {""}
        self.unit = next(iter(units)) if len(units) == 1 and all(map(_is_plain, self.facts.values())) else ""

    @property
    def head(self) -> str:
        words = comparable[self.label].columns[self.name]
        return f"{words}, {self.unit}" if self.unit else words

    def has_number_alone(self, key: int) -> bool:
        fact = self.facts.get(key)
        return bool(fact and self.unit and fact.value != fact.number)

    def value(self, key: int) -> str:
        """Return what is known of a record in words, "" for unknown."""
        fact = self.facts.get(key)
        return fact.worded("{number}" if self.has_number_alone(key) else "") if fact else ""

    def cell(self, key: int, for_readers: bool) -> str:
        """Return the HTML of the value as it is stored."""
        if key not in self.facts and for_readers:
            return f"<em>{UNKNOWN}</em>"
        # What is stored is a fact also while it is unknown: so it is noticed when that changes.
        wording = NUMBER_ALONE if self.has_number_alone(key) else ""
        return f'<a href="fact:{self.label}/{key}/{self.name}{wording}">{escape(self.value(key) or UNKNOWN)}</a>'


def warning_of(found: Comparison, key: int, facts: Facts) -> str:
    """Return what to know of a record where no column says it, to stand behind its name; "" for nothing."""
    kind = comparable[found.label]
    standing = facts.get((found.label, key, kind.standing))
    is_said = standing and kind.standing not in found.facts and standing.value in kind.warnings
    return f" ({standing.value})" if is_said else ""


def rows_by_key(table, found: Comparison) -> dict:
    """The rows of a stored table that have the columns of `found`, by the records with which they begin."""
    rows = {}
    for row in table.iter("tr"):
        named = [mention(link.get("href")) for link in row.iter("a")]
        is_whole = len(row) == len(found.facts) + 1 and all(named)
        if is_whole and [item.fact for item in named] == ["", *found.facts]:
            rows[named[0].pk] = row
    return rows


def _is_plain(fact) -> bool:
    """Whether the value is its number with a unit behind it, or words alone."""
    return fact.number in {"", fact.value} or fact.value.startswith(f"{fact.number} ")

"""The cells of a comparison table, as elements."""

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

    def cell(self, table, key: int, for_readers: bool):
        if key not in self.facts and for_readers:
            unknown = table.makeelement("em", {"class": UNKNOWN})
            unknown.text = UNKNOWN
            return words_cell(table, "td", "", unknown)
        # What is stored is a fact also while it is unknown: so it is noticed when that changes.
        link = table.makeelement("a", {"href": f"fact:{self.label}/{key}/{self.name}"})
        if self.has_number_alone(key):
            link.set("href", link.get("href") + NUMBER_ALONE)
        link.text = self.value(key) or UNKNOWN
        return words_cell(table, "td", "", link)


def warning_of(found: Comparison, key: int, facts: Facts) -> str:
    """Return what to know of a record where no column says it, to stand behind its name; "" for nothing."""
    kind = comparable[found.label]
    standing = facts.get((found.label, key, kind.standing))
    is_said = standing and kind.standing not in found.facts and standing.value in kind.warnings
    return f" ({standing.value})" if is_said else ""


def named_cell(table, found: Comparison, key: int, facts: Facts):
    """The cell with which a row begins: the way to the record, by its name of today, and what to know before it."""
    link = table.makeelement("a", {"href": f"ref:{found.label}/{key}"})
    link.text, link.tail = facts[found.label, key, "name"].value, warning_of(found, key, facts)
    return words_cell(table, "th", "", link)


def words_cell(table, tag: str, words: str, *children):
    cell, paragraph = table.makeelement(tag, {}), table.makeelement("p", {})
    paragraph.text = words
    paragraph.extend(children)
    cell.append(paragraph)
    return cell


def row_of(table, cells):
    row = table.makeelement("tr", {})
    row.extend(cells)
    return row


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

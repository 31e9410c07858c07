"""The cells of a comparison table, as elements."""

from publishing.comparisons.kinds import comparable
from publishing.facts import Facts
from publishing.richtext.comparison import Comparison
from publishing.richtext.document import mention

UNKNOWN = "unknown"
NUMBER_ALONE = "?%7Bnumber%7D"


class Column:
    """A fact of the records that are shown. A unit that all its values share stands in its head alone."""

    def __init__(self, table, label: str, name: str, keys: list[int], facts: Facts):
        self.table, self.label, self.name = table, label, name
        self.facts = {key: facts[label, key, name] for key in keys if (label, key, name) in facts}
        units = {fact.value.removeprefix(fact.number).strip() for fact in self.facts.values() if fact.number} - {""}
        self.unit = next(iter(units)) if len(units) == 1 and all(map(_is_plain, self.facts.values())) else ""

    def head(self):
        words = comparable[self.label].columns[self.name]
        return words_cell(self.table, "th", f"{words}, {self.unit}" if self.unit else words)

    def cell(self, key: int, for_readers: bool):
        fact = self.facts.get(key)
        if fact is None and for_readers:
            unknown = self.table.makeelement("em", {"class": UNKNOWN})
            unknown.text = UNKNOWN
            return words_cell(self.table, "td", "", unknown)
        # What is stored is a fact also while it is unknown: so it is noticed when that changes.
        link = self.table.makeelement("a", {"href": f"fact:{self.label}/{key}/{self.name}"})
        if fact and self.unit and fact.value != fact.number:
            link.set("href", link.get("href") + NUMBER_ALONE)
            link.text = fact.worded("{number}")
        else:
            link.text = fact.worded("") if fact else UNKNOWN
        return words_cell(self.table, "td", "", link)


def named_cell(table, found: Comparison, key: int, facts: Facts):
    """The cell with which a row begins: the way to the record, by its name of today, and what to know before it where
    no column says so."""
    label, kind = found.label, comparable[found.label]
    link = table.makeelement("a", {"href": f"ref:{label}/{key}"})
    link.text = facts[label, key, "name"].value
    standing = facts.get((label, key, kind.standing))
    if standing and kind.standing not in found.facts and standing.value in kind.warnings:
        link.tail = f" ({standing.value})"
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

"""The kinds of record that can be compared, declared by each app in its module `comparing`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import BadRequest
from django.db.models import QuerySet

from publishing.richtext.table_element import MOST_OF_LIST, InvalidTableError, TableDefinition, comparison


@dataclass(frozen=True)
class Comparable:
    """The declaration of an app for one kind of record.

    `noun` is the header of the first column; `columns` are the available facts and their headers; `offered` returns the
    records that may be in a table. `rows` takes keys, query strings of lists, a day and the maximum number of rows of a
    list. In one query it returns those of the keys that may be in a table, and for each list the keys that it finds, in
    order, at most one more than the maximum. `read_list` normalises a query string, and raises BadRequest for an
    invalid one; `list_url` returns the URL of that list. If the fact `standing` is one of `warnings`, it is shown
    beside the name.
    """

    noun: str
    columns: dict[str, str]
    offered: Callable[[], QuerySet]
    rows: Callable[[set[int], list[str], date, int], tuple[set[int], list[list[int]]]]
    read_list: Callable[[str], str]
    list_url: Callable[[str], str]
    standing: str = ""
    warnings: frozenset[str] = frozenset()


comparable: dict[str, Comparable] = {}


def parse_table_definition(text: str) -> TableDefinition:
    """Return the parsed attribute value of a table. Raises InvalidTableError, also for undeclared kinds and facts."""
    found = comparison(text)
    kind = comparable.get(found.label)
    if kind is None:
        raise InvalidTableError(f"Records of type “{found.label}” cannot be compared.")
    if unknown := [name for name in found.facts if name not in kind.columns]:
        raise InvalidTableError(f"There is no column “{unknown[0]}”.")
    if found.listed is None:
        return found
    if len(found.listed) > MOST_OF_LIST:
        raise InvalidTableError("The address of the list is too long.")
    try:
        return replace(found, listed=kind.read_list(found.listed))
    except BadRequest as error:
        raise InvalidTableError(f"The list cannot be read: {error}") from None

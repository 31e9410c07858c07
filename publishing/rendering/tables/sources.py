"""The kinds of record that can be compared, declared by each app in its module `comparing`."""

from dataclasses import dataclass

from django.db.models import QuerySet

from publishing.richtext.table_element import InvalidTableError, TableDefinition, comparison


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


comparable: dict[str, Comparable] = {}


def parse_table_definition(text: str) -> TableDefinition:
    """Return the parsed attribute value of a table. Raises InvalidTableError, also for undeclared kinds and facts."""
    found = comparison(text)
    kind = comparable.get(found.label)
    if kind is None:
        raise InvalidTableError(f"Records of type “{found.label}” cannot be compared.")
    if unknown := [name for name in found.facts if name not in kind.columns]:
        raise InvalidTableError(f"There is no column “{unknown[0]}”.")
    return found

"""Which kinds of record can be compared, and by what: each app says so in its module `comparing`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import BadRequest
from django.db.models import QuerySet

from publishing.richtext.table_element import MOST_OF_LIST, Comparison, UnreadableError, comparison


@dataclass(frozen=True)
class Comparable:
    """`noun` is what stands above the names; `columns` are the facts to choose from, as readers get them above theirs;
    `offered` are the records that may stand in a table.

    `rows` takes keys, the parameters of lists, a day and how many rows a list may have. It returns, by one query, those
    of the keys that may stand in a table, and for each list the keys that it finds, in its order, one more than that at
    most. `read_list` brings parameters into their one form, and raises BadRequest for those without sense; `list_url`
    is where such a list is shown. Where the fact `standing` says one of `warnings`, that stands beside the name.
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


def understood(text: str) -> Comparison:
    """Return what the element of a table says. Raises UnreadableError, also for what no app knows."""
    found = comparison(text)
    kind = comparable.get(found.label)
    if kind is None:
        raise UnreadableError(f"Records of the kind “{found.label}” cannot be compared.")
    if unknown := [name for name in found.facts if name not in kind.columns]:
        raise UnreadableError(f"There is no column “{unknown[0]}”.")
    if found.listed is None:
        return found
    if len(found.listed) > MOST_OF_LIST:
        raise UnreadableError("The address of the list is too long.")
    try:
        return replace(found, listed=kind.read_list(found.listed))
    except BadRequest as error:
        raise UnreadableError(f"The list cannot be read: {error}") from None

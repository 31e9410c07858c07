"""Conversion between the values of a feed and those of columns.

A value that a column cannot hold (an impossible date, 0 for "not stated") becomes unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from catalog.importers.entries import MISSING, BrokenRecordError
from catalog.rules.choices import Listing, Openness
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Status

NO_LIMIT = 99_999_999  # some feeds write this for "unknown"
LARGEST = 10**15


@dataclass(frozen=True)
class ColumnMapping:
    """Map the value at `path` to the column `name`: `read` converts from the feed, `write` converts back."""

    path: str
    name: str
    read: Callable
    write: Callable
    default: object = None  # value of the column if the feed has none

    def value_of(self, data_value):
        return self.default if data_value is MISSING else self.read(self.path, data_value)

    def is_same(self, value, data_value) -> bool:
        """Return whether the value of the column and that of the feed mean the same; feeds may be less precise."""
        return self.value_of(data_value) == value or self.write(value) == data_value


def _text(path, value, length=200) -> str:
    if not isinstance(value, str):
        raise BrokenRecordError(path, f"{value!r} is no text.")
    if len(value) > length:
        raise BrokenRecordError(path, f"it has {len(value)} characters, more than {length}.")
    if "\0" in value:
        raise BrokenRecordError(path, "it holds a character that no text has.")
    return value


def _filled(value):
    return MISSING if value in ("", None) else value


def text(path, name, length=200) -> ColumnMapping:
    return ColumnMapping(path, name, lambda path, value: _text(path, value, length), _filled, "")


def _yes_or_no(path, value) -> bool:
    if not isinstance(value, bool):
        raise BrokenRecordError(path, f"{value!r} is neither true nor false.")
    return value


def flag(path, name) -> ColumnMapping:
    return ColumnMapping(path, name, _yes_or_no, _filled)


def whole_number(path, value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BrokenRecordError(path, f"{value!r} is no whole number.")
    if not 0 <= value < LARGEST:
        raise BrokenRecordError(path, f"{value} is out of range.")
    return value


def tokens(path, name) -> ColumnMapping:
    def read(path, value):
        return None if whole_number(path, value) in (0, NO_LIMIT) else value

    return ColumnMapping(path, name, read, _filled)


def day(path, name) -> ColumnMapping:
    return ColumnMapping(path, name, lambda path, value: date_or_unknown(_text(path, value)), _filled, "")


def date_or_unknown(value: str) -> str:
    """Return a valid partial date unchanged, and "" for anything else."""
    try:
        return value if PartialDate.parse(value) else ""
    except ValueError:
        return ""


def names(path, name) -> ColumnMapping:
    return ColumnMapping(path, name, list_of_texts, lambda value: MISSING if value is None else value)


def list_of_texts(path, value) -> list[str]:
    if not isinstance(value, list):
        raise BrokenRecordError(path, f"{value!r} is no list.")
    return [_text(path, item, 100) for item in value]


def list_of_names(path, value) -> list[str]:
    """Return the list if each text is the name of a record. Raises BrokenRecordError for an empty name."""
    if "" in list_of_texts(path, value):
        raise BrokenRecordError(path, "a name is empty.")
    return value


def openness(path, name) -> ColumnMapping:
    """Feeds state only whether weights are open. A more precise value of ours stays while it does not contradict."""

    def read(path, value):
        return Openness.WEIGHTS if _yes_or_no(path, value) else Openness.API_ONLY

    def write(value):
        return value in (Openness.OPEN, Openness.RESTRICTED_WEIGHTS, Openness.WEIGHTS) if value else MISSING

    return ColumnMapping(path, name, read, write, "")


LISTINGS = {"alpha": Listing.PREVIEW, "beta": Listing.PREVIEW, "deprecated": Listing.DEPRECATED}
AUTHORED_LISTINGS = {Listing.PREVIEW: "beta", Listing.DEPRECATED: "deprecated", Listing.REMOVED: str(Status.RETIRED)}


def listing(path, name) -> ColumnMapping:
    def read(path, value):
        if not isinstance(value, str) or value not in LISTINGS:
            raise BrokenRecordError(path, f"{value!r} is no status that is known here.")
        return LISTINGS[value]

    return ColumnMapping(path, name, read, lambda value: AUTHORED_LISTINGS.get(value, MISSING), Listing.LISTED)

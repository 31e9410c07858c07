"""How a value of a feed becomes that of a column, and back.

A column that cannot hold what the feed writes (an impossible date, nought for "not stated") becomes unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from catalog.importers.entries import MISSING, BrokenRecordError
from catalog.rules.choices import Listing, Openness
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Status

NO_LIMIT = 99_999_999  # how some write that they know of none
LARGEST = 10**15


@dataclass(frozen=True)
class Column:
    """The column `name` for what stands at `path`; `read` turns the feed's value into ours, `write` ours into its."""

    path: str
    name: str
    read: Callable
    write: Callable
    default: object = None  # what the column holds where the feed says nothing

    def value_of(self, data_value):
        return self.default if data_value is MISSING else self.read(self.path, data_value)

    def is_same(self, value, data_value) -> bool:
        """Whether the feed means what the column holds: its words may say less than ours, or be others for the same."""
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


def text(path, name, length=200) -> Column:
    return Column(path, name, lambda path, value: _text(path, value, length), _filled, "")


def _yes_or_no(path, value) -> bool:
    if not isinstance(value, bool):
        raise BrokenRecordError(path, f"{value!r} is neither true nor false.")
    return value


def flag(path, name) -> Column:
    return Column(path, name, _yes_or_no, _filled)


def whole_number(path, value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BrokenRecordError(path, f"{value!r} is no whole number.")
    if not 0 <= value < LARGEST:
        raise BrokenRecordError(path, f"{value} is out of range.")
    return value


def tokens(path, name) -> Column:
    def read(path, value):
        return None if whole_number(path, value) in (0, NO_LIMIT) else value

    return Column(path, name, read, _filled)


def day(path, name) -> Column:
    return Column(path, name, lambda path, value: date_or_unknown(_text(path, value)), _filled, "")


def date_or_unknown(value: str) -> str:
    """Return a partial date as it is, "" for what is none."""
    try:
        return value if PartialDate.parse(value) else ""
    except ValueError:
        return ""


def names(path, name) -> Column:
    return Column(path, name, list_of_texts, lambda value: MISSING if value is None else value)


def list_of_texts(path, value) -> list[str]:
    if not isinstance(value, list):
        raise BrokenRecordError(path, f"{value!r} is no list.")
    return [_text(path, item, 100) for item in value]


def list_of_names(path, value) -> list[str]:
    """Texts of which each is the name of a record."""
    if "" in list_of_texts(path, value):
        raise BrokenRecordError(path, "a name is empty.")
    return value


def openness(path, name) -> Column:
    """Whether weights are open says less than our words for it; ours stand as long as they do not contradict."""

    def read(path, value):
        return Openness.WEIGHTS if _yes_or_no(path, value) else Openness.API_ONLY

    def write(value):
        return value in (Openness.OPEN, Openness.RESTRICTED_WEIGHTS, Openness.WEIGHTS) if value else MISSING

    return Column(path, name, read, write, "")


LISTINGS = {"alpha": Listing.PREVIEW, "beta": Listing.PREVIEW, "deprecated": Listing.DEPRECATED}
AUTHORED_LISTINGS = {Listing.PREVIEW: "beta", Listing.DEPRECATED: "deprecated", Listing.REMOVED: str(Status.RETIRED)}


def listing(path, name) -> Column:
    def read(path, value):
        if not isinstance(value, str) or value not in LISTINGS:
            raise BrokenRecordError(path, f"{value!r} is no status that is known here.")
        return LISTINGS[value]

    return Column(path, name, read, lambda value: AUTHORED_LISTINGS.get(value, MISSING), Listing.LISTED)

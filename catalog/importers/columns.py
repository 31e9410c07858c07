"""Conversion between the values of a feed and those of our records; what a column cannot hold becomes unknown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from catalog.history.ownership import FieldHistory
from catalog.importers.entries import MISSING, BrokenRecordError, Plan
from catalog.models import Evidence
from catalog.rules.choices import Listing, Openness
from catalog.rules.partial_dates import PartialDate

NO_LIMIT = 99_999_999  # some feeds write this for "unknown"
LARGEST = 10**15
PLACES = Decimal("0.000000001")
DEAREST = Decimal(1_000_000)


def filled(value: object) -> object:
    return MISSING if value in ("", None) else value


@dataclass(eq=False)
class Column:
    """The value at `path` of the feed's record is the field `name` of ours; for other values there are subclasses.

    `read` converts a value of the feed and raises BrokenRecordError, `write` converts ours back.
    """

    path: str
    name: str
    read: Callable
    write: Callable = filled
    default: Any = None  # our value if the feed has none
    is_plain: ClassVar[bool] = True
    is_always_stated: ClassVar[bool] = False  # whether having no value is a statement too

    def value_of(self, theirs: Any) -> Any:
        return self.default if theirs is MISSING else self.read(self.path, theirs)

    def ours(self, record: Any) -> Any:
        """Return our value as the feed would write it, or MISSING."""
        return self.write(getattr(record, self.name))

    def is_same(self, record: Any, theirs: Any) -> bool:
        """Return whether both values mean the same; feeds may be less precise. Raises BrokenRecordError."""
        return self.value_of(theirs) == getattr(record, self.name) or self.ours(record) == theirs

    def assign(self, plan: Plan, theirs: Any) -> set[str]:
        """Set the feed's value; return the names of the fields to save."""
        setattr(plan.record, self.name, self.value_of(theirs))
        return {self.name}

    def set_on(self, history: FieldHistory) -> date | None:
        """Return the day on which a user set the value."""
        return history.held.get(self.name)

    def evidence(self, record: Any) -> list[Evidence] | None:
        """Return the evidence for our value; None if it is that for the field."""
        return None

    def subject(self, record: Any) -> dict | None:
        """Return what such evidence is about, as arguments of Evidence."""
        return None

    def revives(self, record: Any, theirs: Any) -> bool:
        """Return whether the feed says that something is served that we have as retired."""
        return False


def text_of(path: str, value: object, length: int = 200) -> str:
    if not isinstance(value, str):
        raise BrokenRecordError(path, f"{value!r} is no text.")
    if len(value) > length:
        raise BrokenRecordError(path, f"it has {len(value)} characters, more than {length}.")
    return value


def text(path: str, name: str, length: int = 200) -> Column:
    return Column(path, name, lambda path, value: text_of(path, value, length), default="")


def _yes_or_no(path, value) -> bool:
    if not isinstance(value, bool):
        raise BrokenRecordError(path, f"{value!r} is neither true nor false.")
    return value


def flag(path: str, name: str) -> Column:
    return Column(path, name, _yes_or_no)


def whole_number(path: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BrokenRecordError(path, f"{value!r} is no whole number.")
    if not 0 <= value < LARGEST:
        raise BrokenRecordError(path, f"{value} is out of range.")
    return value


def amount_of(path: str, value: object, factor: int = 1) -> Decimal:
    """Return a feed's number times `factor` as an amount of money."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BrokenRecordError(path, f"{value!r} is no number.")
    exact = Decimal(repr(value)) * factor
    if not 0 <= exact < DEAREST:
        raise BrokenRecordError(path, f"{value} is no price.")
    return exact.quantize(PLACES)


def tokens(path: str, name: str) -> Column:
    def read(path, value):
        return None if whole_number(path, value) in (0, NO_LIMIT) else value

    return Column(path, name, read)


def day(path: str, name: str) -> Column:
    return Column(path, name, lambda path, value: date_or_unknown(text_of(path, value)), default="")


def date_or_unknown(value: str) -> str:
    """Return a valid partial date unchanged, and "" for anything else."""
    try:
        return value if PartialDate.parse(value) else ""
    except ValueError:
        return ""


def list_of_texts(path: str, value: object) -> list[str]:
    if not isinstance(value, list):
        raise BrokenRecordError(path, f"{value!r} is no list.")
    return [text_of(path, item, 100) for item in value]


def names(path: str, name: str) -> Column:
    return Column(path, name, list_of_texts)


def openness(path: str, name: str) -> Column:
    """Feeds state only whether weights are open. A more precise value of ours stays while it does not contradict."""

    def read(path, value):
        return Openness.WEIGHTS if _yes_or_no(path, value) else Openness.API_ONLY

    def write(value):
        return value in (Openness.OPEN, Openness.RESTRICTED_WEIGHTS, Openness.WEIGHTS) if value else MISSING

    return Column(path, name, read, write, "")


LISTINGS = {"alpha": Listing.PREVIEW, "beta": Listing.PREVIEW, "deprecated": Listing.DEPRECATED}


class ListingColumn(Column):
    """A status; without one the offering is listed."""

    is_always_stated = True

    def revives(self, record: Any, theirs: Any) -> bool:
        return record.listing == Listing.REMOVED and record.left_list_on is None


def listing(path: str, name: str) -> Column:
    def read(path, value):
        if not isinstance(value, str) or value not in LISTINGS:
            raise BrokenRecordError(path, f"{value!r} is no status that is known here.")
        return LISTINGS[value]

    def write(value):
        return MISSING if value in (Listing.LISTED, "") else value

    return ListingColumn(path, name, read, write, Listing.LISTED)

"""Whether the value of a feed replaces ours: the newer one does, but a person decides about what a person confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from catalog.rules.choices import Confidence, ImportFeed
from catalog.rules.partial_dates import PartialDate

LARGEST_FACTOR = 3  # by which a price may change without a decision
_HELD = "accept it under “Differences”"


@dataclass(frozen=True)
class Rule:
    """A reason not to write a feed's value, and what would change that. If it `holds`, a person is asked."""

    reason: str
    remedy: str
    holds: bool = False


BY_HAND = Rule("set manually, before the feed's value", _HELD, holds=True)
BY_HAND_LATER = Rule("set manually", "choose “Allow imports to change it” under “Changes”")
DELETED_BY_HAND = Rule("deleted manually", "undo the deletion under “Changes”")
CHECKED = Rule("read at its source", _HELD, holds=True)
JUMP = Rule(f"the price differs by more than a factor of {LARGEST_FACTOR}", _HELD, holds=True)
REVIVES = Rule("no longer served, according to our record", _HELD, holds=True)
MANY_GONE = Rule("many models are missing from this vendor's list at once", _HELD, holds=True)
UNKNOWN = Rule("confirmed unknown", "remove the source of the empty field from the record")
OLDER = Rule("our value is as new or newer", _HELD, holds=True)
STALE = Rule("the feed has given a newer value", "import a newer file of the feed")
UNSOURCED = Rule("on record without a source", "change it by hand")


class Cited(NamedTuple):
    """One source of a value: its feed, if it is one, and the day on which it first gave the value."""

    feed: str
    given_on: date
    confidence: str
    is_checked: bool
    title: str = ""

    @property
    def is_disputed(self) -> bool:
        return self.confidence == Confidence.DISPUTED


@dataclass(frozen=True)
class OurValue:
    """What is known of a value on record. `set_on` and `checked_on` are the days on which a person did so."""

    is_empty: bool
    sources: list[Cited]
    set_on: date | None = None
    checked_on: date | None = None
    is_open: bool = False

    @property
    def origin(self) -> str:
        """Return where the value is from, with the days, for the user who decides; "" if unknown."""
        sources = (source for source in self.sources if not source.is_disputed)
        names_and_days = [(source.title or ImportFeed(source.feed).label, source.given_on) for source in sources]
        names_and_days = [("set manually", self.set_on)] if self.set_on else names_and_days
        return "; ".join(f"{name}, {PartialDate.parse(day.isoformat())}" for name, day in names_and_days)

    def is_of(self, feed: str) -> bool:
        return any(source.feed == feed and not source.is_disputed for source in self.sources)

    def rule_against(self, feed: str, given_on: date) -> Rule | None:
        """Return why a value that `feed` first gave on that day does not replace this one; None if it does.

        A check of a feed's own page covers only what the feed said then, so it does not stop the feed's next value.
        """
        if self.set_on:
            return BY_HAND if given_on > self.set_on else BY_HAND_LATER
        if self.is_open:
            return None
        if self.is_empty:
            return UNKNOWN if self.sources else None
        sources = [source for source in self.sources if not source.is_disputed]
        if not sources:
            return UNSOURCED
        since = min(source.given_on for source in sources)
        if given_on < since or (given_on == since and not self.is_of(feed)):
            return STALE if self.is_of(feed) else OLDER
        is_checked = self.checked_on and self.checked_on >= since
        return CHECKED if is_checked or any(source.is_checked and not source.feed for source in sources) else None


def is_jump(amounts: Iterable[Decimal]) -> bool:
    low, high = sorted(amounts)
    return high > low * LARGEST_FACTOR

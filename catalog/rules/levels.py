"""Who says so: whether a value is from a list, was read at its source, or was checked by an account of this site."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from catalog.rules.choices import Confidence, Level
from catalog.rules.grouping import grouped
from catalog.rules.partial_dates import PartialDate

DOUBTS = {Confidence.UNVERIFIED, Confidence.DISPUTED}


class Provenance(NamedTuple):
    """A level, and the day of the check, None unless the firm checked it."""

    level: Level
    day: date | None = None

    @property
    def place(self) -> int:
        """Return a number that is higher for a better level, and of checks for a later one: rows of lists store it.

        Version 0.2 reads there whether it was read at its source: 0 or 1.
        """
        return self.day.toordinal() if self.day else int(self.level != Level.LIST)

    @classmethod
    def at(cls, place: int) -> "Provenance":
        """Return what has this `place`."""
        if place > 1:
            return cls(Level.FIRM, date.fromordinal(place))
        return cls(Level.SOURCE if place else Level.LIST)

    def describe(self, firm: str) -> str:
        """Return "from a list", "read at its source" or "checked by FIRM on 2 December 2026"."""
        return f"checked by {firm} on {PartialDate.parse(str(self.day))}" if self.day else str(self.level.label)


def provenance_of_source(item: Mapping[str, Any]) -> Provenance:
    """Return the level of one item of evidence: a row, or a part of a document, which may lack the day of the check."""
    if not item["is_checked"]:
        return Provenance(Level.LIST)
    day = item.get("checked_on")
    return Provenance(Level.FIRM, date.fromisoformat(str(day))) if day else Provenance(Level.SOURCE)


def provenance_of_value(evidence: Iterable[Mapping[str, Any]]) -> Provenance | None:
    """Return the best level among the sources of one value, the latest of several checks; None without a source."""
    return max(map(provenance_of_source, evidence), key=lambda provenance: provenance.place, default=None)


def is_doubted(confidences: set[str]) -> bool:
    return Confidence.DISPUTED in confidences or confidences == {Confidence.UNVERIFIED}


def weakest(provenances: Iterable[Provenance]) -> Provenance | None:
    """Return the level that all of these have, with the earliest day; None for none."""
    return min(provenances, key=lambda provenance: provenance.place, default=None)


def is_checked_by_firm(evidence: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether an account checked every fact of a record that has a source, and at least one."""
    by_fact = grouped((item["fact"], item) for item in evidence if item["fact"])
    provenance = weakest(filter(None, map(provenance_of_value, by_fact.values())))
    return provenance is not None and provenance.level == Level.FIRM

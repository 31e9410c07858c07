"""The records of a feed, the plans for them, and errors in them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Any, NamedTuple

from catalog.importers.precedence import OurValue, Rule
from catalog.models import ImportedRecord

MISSING = object()
BATCH = 50  # records per transaction, so that SQLite's write lock is released soon


class BrokenRecordError(Exception):
    """A record of a feed cannot be imported; `path` is the place of the error in it."""

    verdict = "broken"

    def __init__(self, path: str, reason: str):
        super().__init__(f"{path}: {reason}" if path else reason)


class UnmatchedError(BrokenRecordError):
    """A record of a feed matches no record of the catalogue."""

    verdict = "not matched"


class UnreadableFeedError(Exception):
    """The file is not a feed of the expected format; the message gives the reason in a sentence."""


@dataclass(frozen=True, eq=False)
class SourceEntry:
    """One record as the feed writes it.

    `is_resolved`: values that it does not state itself were filled in from its model. `is_gone`: the feed no longer has
    it, so `data` is None. Else `data` is a table, or whatever a broken file has in its place.
    """

    kind: str
    key: str
    data: Any
    place: str
    is_resolved: bool = False
    is_gone: bool = False


class ImportedChange(NamedTuple):
    """A difference between our record and the feed's: the path in the feed's record, our value and the feed's."""

    path: str
    old: object
    new: object

    def as_json(self) -> dict:
        old, new = (None if value is MISSING else value for value in (self.old, self.new))
        return {"path": self.path, "old": old, "new": new}


@dataclass(eq=False)
class Plan:
    """The planned import of one entry. `unapplied` lists differences that are not applied, each with the rule.

    `data` is the entry's data in the authored shape, as it is stored in the link. `subjects` are what the differences
    are about, by path, as arguments of Evidence, the day since which the feed gives its value, and the value of ours.
    """

    entry: SourceEntry
    record: Any = None  # an AIModel, Offering or Provider
    link: ImportedRecord | None = None
    data: dict = field(default_factory=dict)
    changes: list[ImportedChange] = field(default_factory=list)
    unapplied: list[tuple[ImportedChange, Rule]] = field(default_factory=list)
    subjects: dict[str, tuple[dict, date, OurValue]] = field(default_factory=dict)
    agreed: list[Any] = field(default_factory=list)  # evidence by which the feed disputed what it now confirms
    prices: list[tuple] = field(default_factory=list)  # a row to write, and its ImportedChange
    problem: str = ""
    verdict: str = "broken"  # outcome to report if there is a problem
    is_made: bool = False  # the record was created by applying the plan

    @property
    def outcome(self) -> str:
        """Return the name under which a run counts the plan."""
        if self.entry.is_gone:
            return "gone"
        if self.problem:
            return self.verdict
        if self.record is None or self.is_made:
            return "new"
        return "changed" if self.changes or self.prices else "same"

    @property
    def held(self) -> list[tuple[ImportedChange, Rule]]:
        """Return the differences about which a user decides."""
        return [(change, rule) for change, rule in self.unapplied if rule.holds]

    @property
    def is_to_be_linked(self) -> bool:
        """Return whether our record matches the feed's but is not linked to it yet."""
        return self.record is not None and self.link is None and not self.is_made and not self.problem


def batches(handlers: list, entries: Iterable[SourceEntry]) -> Iterator[tuple]:
    """Yield each handler with batches of the entries of its kind."""
    entries = list(entries)
    for handler in handlers:
        for batch in batched([entry for entry in entries if entry.kind == handler.kind], BATCH):
            yield handler, list(batch)


def at(data: object, path: str) -> Any:
    """Return the value at a path such as "limit.context", or MISSING."""
    for name in path.split("."):
        if not isinstance(data, dict) or name not in data:
            return MISSING
        data = data[name]
    return data


def put(data: dict, path: str, value: object) -> None:
    *parents, last = path.split(".")
    for name in parents:
        data = data.setdefault(name, {})
    data[last] = value


def without(data: dict, paths: Collection[str]) -> dict:
    """Return a copy of `data` without the values at `paths` and without tables that this leaves empty."""
    rest = {}
    for name, value in data.items():
        below = [path.partition(".")[2] for path in paths if path.partition(".")[0] == name]
        if "" in below:
            continue
        if below and isinstance(value, dict) and value:
            value = without(value, below)
            if not value:
                continue
        rest[name] = value
    return rest

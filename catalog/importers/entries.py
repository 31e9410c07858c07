"""What a feed holds, record by record, and what can be wrong with one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched

MISSING = object()
BATCH = 250  # records in one transaction


class BrokenRecordError(Exception):
    """A record of a feed that cannot be taken over: `path` is the place in it."""

    verdict = "broken"

    def __init__(self, path: str, reason: str):
        super().__init__(f"{path}: {reason}" if path else reason)


class UnmatchedError(BrokenRecordError):
    """A record of a feed that belongs nowhere."""

    verdict = "not matched"


class UnreadableError(Exception):
    """What was read is no such feed at all; the message says why, in a sentence."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One record as the feed writes it. `is_resolved`: what it does not state itself was filled in from the model.
    `is_gone`: the feed has it no more, so there is no data."""

    kind: str
    key: str
    data: dict | None
    place: str
    is_resolved: bool = False
    is_gone: bool = False


@dataclass
class Difference:
    """What taking over a record would change: the path in the feed's record, what is on record, what the feed says."""

    path: str
    old: object
    new: object

    def as_json(self) -> dict:
        return {"path": self.path, "old": _stated(self.old), "new": _stated(self.new)}


@dataclass(eq=False)
class Plan:
    """What is to be done with one entry. `kept` is what the feed says otherwise and is not followed, and why not.

    `data` is the entry's data in the authored shape, as the link keeps it.
    """

    entry: Entry
    record: object = None
    link: object = None
    data: dict = field(default_factory=dict)
    changes: list[Difference] = field(default_factory=list)
    kept: list[tuple[Difference, str]] = field(default_factory=list)
    prices: list = field(default_factory=list)
    problem: str = ""
    verdict: str = "broken"  # on what has a problem
    is_made: bool = False  # the record was made by carrying the plan out

    @property
    def is_new(self) -> bool:
        return (self.record is None or self.is_made) and not self.problem and not self.entry.is_gone

    @property
    def is_to_be_linked(self) -> bool:
        """Whether our record is the feed's, which nobody has noted yet."""
        return self.record is not None and self.link is None and not self.is_made and not self.problem

    @property
    def is_news(self) -> bool:
        return (self.is_to_be_linked or not self.is_idle) and not self.problem

    @property
    def is_idle(self) -> bool:
        return not (self.is_new or self.changes or self.prices or self.problem or self.entry.is_gone)


def batches(handlers: list, entries: Iterable[Entry]) -> Iterator[tuple]:
    """Yield each handler with the entries of its kind, some hundreds at a time."""
    entries = list(entries)
    for handler in handlers:
        for some in batched([entry for entry in entries if entry.kind == handler.kind], BATCH):
            yield handler, list(some)


def holds_nul(value) -> bool:
    """Whether the character that PostgreSQL stores in no text stands anywhere in a feed's value."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(holds_nul, value))


def _stated(value):
    return None if value is MISSING else value


def at(data: dict, path: str):
    """Return what stands at a path such as "limit.context", or MISSING."""
    for name in path.split("."):
        if not isinstance(data, dict) or name not in data:
            return MISSING
        data = data[name]
    return data


def put(data: dict, path: str, value):
    *parents, last = path.split(".")
    for name in parents:
        data = data.setdefault(name, {})
    data[last] = value


def without(data: dict, paths) -> dict:
    """Return a copy of `data` without what stands at `paths`, nor tables that are empty by that."""
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

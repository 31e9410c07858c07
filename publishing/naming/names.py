"""Which names there are. An app says in its module `naming` what its records are called."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

# What a row of names is: the record's own, another that is as good, one that is written otherwise, a known mistake.
OWN, OTHER, SPELLING, MISSPELLING = "own", "other", "spelling", "misspelling"


@dataclass(frozen=True)
class Name:
    """One name of the record `label`/`pk`: as it is `written`, and the record's own, `title`. `maker` is the key of
    the record that made it, None where that is unknown; a maker's own name has its own key."""

    label: str
    pk: int
    slug: str
    title: str
    written: str
    role: str
    maker: int | None

    @property
    def ref(self) -> str:
        return f"{self.label}/{self.pk}"


@dataclass(frozen=True)
class Naming:
    """What an app says of its names. `rows` gives the fields of `Name` of all public records, in one query. Of records
    that are called the same, the kind that stands first in `kinds` is meant. Names of the kinds in `versioned` are
    followed by versions; `makers` is the kind of the records that make others. Beside a word of `subject` a name means
    what it names. `proposal` takes the words of an unknown name, the key of the series that they begin with or None,
    and the title of the text; it returns the kind of record to add, and what its form begins with."""

    rows: Callable[[], Iterable[tuple]]
    kinds: tuple[str, ...]
    versioned: frozenset[str]
    makers: str
    subject: frozenset[str]
    proposal: Callable[[str, int | None, str], tuple[str, dict]]


registered: list[Naming] = []

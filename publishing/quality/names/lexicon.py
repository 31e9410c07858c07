"""All names, ready to be found in a text."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from publishing.quality.names.name_rule import NameRule
from publishing.quality.names.tokens import SHORT, could_be_ordinary, is_slug, joined, key_of, tokens_of

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


MOST_PARTS = 14  # of one name, words and numbers
COMMON = 3  # names in which a word follows, until it is known as a word that names of versions have
OFFERED = 5
NEAR_FROM, FAR_FROM = 6, 10  # letters of a word from which one or two mistakes in it are looked for
BEGINNING = 8  # signs of a key by which it is known early that no name has it
LINE = 3  # letters, at least, of the words before a version


class Lexicon:
    """The names of `rows` (fields of Name), and what editors said of words: `proper` ones have the shape of an ordinary
    word and are none, `ignored` ones are no names anywhere. Both are keys."""

    def __init__(self, rows: list[tuple], rules: list[tuple[str, str]], namings: list[Naming]):
        self.rows, self.rules = rows, rules
        self.kinds = {label: rank for naming in namings for rank, label in enumerate(naming.kinds)}
        self.versioned = frozenset().union(*(naming.versioned for naming in namings))
        self.makers = {naming.makers for naming in namings}
        self.subject = frozenset().union(*(naming.subject for naming in namings))
        self.proper = {words for words, rule in rules if rule == "proper"}
        self.ignored = {words for words, rule in rules if rule == "ignore"}
        self._names: dict[str, list[Name]] = defaultdict(list)
        # What keys begin with: beyond that nothing is looked up.
        self._beginnings: set[str] = set()
        for name in (Name(*row) for row in rows):
            key = key_of(name.written)
            if len(key) > 1:
                self._names[key].append(name)
                self._beginnings.update(key[:length] for length in range(1, BEGINNING + 1))
        for key in self.ignored:
            self._beginnings.update(key[:length] for length in range(1, BEGINNING + 1))
        self._learn_versions()

    @cached_property
    def digest(self) -> str:
        """What tells these names from others, in any process."""
        return hashlib.sha256(repr((sorted(self.rows, key=repr), sorted(self.rules))).encode()).hexdigest()

    def names(self, key: str) -> list[Name]:
        """The names of this key, one for each record, those first that are meant before the others."""
        found: dict[str, Name] = {}
        for name in sorted(self._names.get(key, ()), key=self._rank):
            found.setdefault(name.ref, name)
        return list(found.values())

    def is_ambiguous(self, names: tuple[Name, ...]) -> bool:
        """Whether nothing says which of the records is meant that have these names."""
        return len(names) > 1 and self._rank(names[0])[:-1] == self._rank(names[1])[:-1]

    def spellings(self, key: str) -> list[Name]:
        return self._names.get(key, [])

    def may_go_on(self, key: str) -> bool:
        """Whether there can be a name that begins with `key`."""
        return key[:BEGINNING] in self._beginnings

    def is_ordinary(self, words: str, name: Name) -> bool:
        """Whether `words`, which are a name of this record, have the shape of a word of the language."""
        if key_of(words) in self.proper:
            return False
        return could_be_ordinary(words) or (len(words) <= SHORT and name.label not in self.versioned | self.makers)

    def named_like(self, key: str) -> list[Name]:
        """Up to five records with versions whose names begin with `key`, which is that of whole parts."""
        return self._beginning.get(key, [])[:OFFERED]

    def is_line(self, key: str) -> bool:
        """Whether names are made of these words and a version."""
        return key in self._lines

    def series(self, key: str) -> Name | None:
        """The series, which is the first of the kinds, that is called by these words."""
        return next((name for name in self.names(key) if not self.kinds[name.label]), None)

    def is_variant_word(self, word: str) -> bool:
        return word in self._variant_words

    def near(self, word: str, after: str = "") -> str:
        """The word of a name that `word`, which stands in none, is most like; "" where none is near enough.

        The first word of a name, or the one after the word `after`."""
        folded = word.casefold()
        mistakes = 2 if len(folded) >= FAR_FROM else 1 if len(folded) >= NEAR_FROM else 0
        if not mistakes or folded in self._words:
            return ""
        alike = self._after.get(after, ()) if after else self._by_beginning.get(folded[0], ())
        found = process.extractOne(folded, alike, scorer=OSA.distance, score_cutoff=mistakes)
        is_form = found and found[0] in {folded.removesuffix("s"), f"{folded}s"}
        return found[0] if found and not is_form else ""

    def _rank(self, name: Name) -> tuple:
        # A name in small letters alone comes from a feed: a record that somebody named goes before.
        return name.role == MISSPELLING, is_slug(name.written), self.kinds[name.label], name.role != OWN, name.pk

    def _learn_versions(self):
        self._beginning: dict[str, list[Name]] = defaultdict(list)
        self._lines: set[str] = set()
        self._after: dict[str, set[str]] = defaultdict(set)
        self._words: set[str] = set()
        followers = Counter()
        nearly = set()
        for names in self._names.values():
            for name in names:
                parts = [token.folded for token in tokens_of(name.written)]
                self._words.update(parts)
                if name.role == OWN:
                    nearly.update(self._recognisable(name))
                if name.label not in self.versioned or name.role == MISSPELLING:
                    continue
                number = next((place for place, part in enumerate(parts) if part[0].isdecimal()), None)
                words = parts[: number or len(parts)]
                if name.role == OWN:
                    followers.update({part for part in parts[1:] if part.isalpha()})
                if number and len(joined(words)) >= LINE:
                    self._lines.add(joined(words))
                if len(words) > 1:
                    self._after[words[0]].add(words[1])
                for end in range(1, len(parts)):
                    key = joined(parts[:end])
                    alike = self._beginning[key]
                    if len(alike) < OFFERED and all(other.ref != name.ref for other in alike):
                        alike.append(name)
        self._variant_words = {word for word, count in followers.items() if count >= COMMON and len(word) > 1}
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for word in sorted(nearly):
            self._by_beginning[word[0]].append(word)

    def _recognisable(self, name: Name) -> list[str]:
        """The words of a name that are still known with a mistake in them: its first, where that is no common word."""
        first = next((token for token in tokens_of(name.written) if token.text.isalpha()), None)
        if first is None or len(first.text) < NEAR_FROM - 1 or not first.text[0].isupper():
            return []
        return [first.folded] if name.label in self.versioned | self.makers else []

    def is_plain_name(self, word: str) -> bool:
        """Whether a word is the whole of a name that is no ordinary word."""
        return any(not self.is_ordinary(name.written, name) for name in self.names(word))


_last: Lexicon | None = None


def lexicon_of_today() -> Lexicon:
    """Return all names as the database has them now.

    They are read each time, by two queries, and compared with those of last time: so a name is never stale, whichever
    way it was written, in a transaction that may be taken back too. What takes long, to order them, is done once.
    """
    global _last
    rows = [row for naming in registered for row in naming.rows()]
    rules = NameRule.objects.everywhere()
    known = _last
    if known is None or known.rows != rows or known.rules != rules:
        known = _last = Lexicon(rows, rules, registered)
    return known

"""The lexicon: all names, indexed for searching texts."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from publishing.quality.names.name_rule import NameRule
from publishing.quality.names.tokens import SHORT, could_be_ordinary, is_slug, joined, key_of, tokens_of

# The role of a name: the record's own, an equally good one, a variant spelling, a known misspelling.
OWN, OTHER, SPELLING, MISSPELLING = "own", "other", "spelling", "misspelling"
PART = "part"  # what is left of a name without its first word, as in “Opus 4.6”


@dataclass(frozen=True)
class RecordName:
    """One name of the record `label`/`pk`: its spelling `written`, and the record's own name, `title`. `vendor` is the
    key of the vendor that made it, None if unknown; the names of a vendor have its own key."""

    label: str
    pk: int
    slug: str
    title: str
    written: str
    role: str
    vendor: int | None

    @property
    def ref(self) -> str:
        return f"{self.label}/{self.pk}"


@dataclass(frozen=True)
class Naming:
    """The names that an app contributes.

    `rows` returns the fields of `RecordName` for all public records, in one query. If records share a name, the one
    whose kind comes first in `kinds` is meant. Names of the kinds in `versioned` are followed by versions. A word of
    `subject` beside a name confirms that it is one; a word of `about` in the same block confirms names that have other
    meanings elsewhere, such as “o3”. `proposal` receives the words of an unknown name, the key of the series that they
    begin with or None, and the title of the text; it returns the kind of record to add and the initial values of its
    form.
    """

    rows: Callable[[], Iterable[tuple]]
    kinds: tuple[str, ...]
    versioned: frozenset[str]
    vendors: str
    subject: frozenset[str]
    about: frozenset[str]
    proposal: Callable[[str, int | None, str], tuple[str, dict]]


registered: list[Naming] = []


# “Claude Sonnet 3.7” or “Gemini 2.5 Flash-Lite”.
ORDERED = re.compile(r"([A-Z]\w+) (?:([A-Z][a-z]+) (\d+(?:\.\d+)?)|(\d+(?:\.\d+)?) ([A-Z][\w-]+))")
MOST_PARTS = 14  # words and numbers of one name
COMMON = 3  # number of names in which a word must follow to count as a variant word
OFFERED = 5
NEAR_FROM, FAR_FROM = 6, 10  # minimum length of a word to allow one typo, or two
BEGINNING = 8  # characters of a key that are indexed, to stop early where no name begins with them
LINE = 3  # minimum number of letters before a version


class Lexicon:
    """The names in `rows` (fields of Name) and the rules of editors. Words that are `proper` look like an ordinary word
    but are always names; `ignored` words are never names. Both are sets of keys."""

    def __init__(self, rows: list[tuple], rules: list[tuple[str, str]], namings: list[Naming]):
        self.rows, self.rules = rows, rules
        self.kinds = {label: rank for naming in namings for rank, label in enumerate(naming.kinds)}
        self.versioned = frozenset().union(*(naming.versioned for naming in namings))
        self.vendors = {naming.vendors for naming in namings}
        self.subject = frozenset().union(*(naming.subject for naming in namings))
        self.about = frozenset().union(*(naming.about for naming in namings))
        self.proper = {key for key, rule in rules if rule == "proper"}
        self.ignored = {key for key, rule in rules if rule == "ignore"}
        self._names: dict[str, list[RecordName]] = defaultdict(list)
        for name in (RecordName(*row) for row in rows):
            self._names[key_of(name.written)].append(name)
        self._add_other_forms()
        self._names = {key: names for key, names in self._names.items() if len(key) > 1}
        # The beginnings of all keys; a key without one of them is not looked up.
        self._beginnings = {key[:end] for key in self._names.keys() | self.ignored for end in range(1, BEGINNING + 1)}
        self._learn_versions()

    def _add_other_forms(self):
        """Add “Claude 3.7 Sonnet” and “Sonnet 3.7” for “Claude Sonnet 3.7”, if they mean nothing else."""
        present, firsts = set(self._names), defaultdict(set)
        versioned_names = [name for names in self._names.values() for name in names if name.label in self.versioned]
        ordered = [(name, *match.groups()) for name in versioned_names if (match := ORDERED.fullmatch(name.written))]
        for _, first, word, *_ in ordered:
            firsts[word].add(first)
        for name, first, word, number, first_number, last_word in ordered:
            forms = [(f"{first} {number} {word}" if word else f"{first} {last_word} {first_number}", OTHER)]
            if word and len(firsts[word]) == 1:
                forms += [(f"{word} {number}", PART), (f"{number} {word}", PART)]
            for written, role in forms:
                if (key := key_of(written)) not in present:
                    self._names[key].append(replace(name, written=written, role=role))

    @cached_property
    def genitives(self) -> re.Pattern:
        """The “s” after a number or the name of a vendor: “GPT-4s”, German “OpenAIs”."""
        vendors = {name.written for names in self._names.values() for name in names if name.label in self.vendors}
        alternatives = "|".join(
            re.escape(word) for word in sorted(vendors) if word.isalpha() and not word.endswith("s")
        )
        return re.compile(rf"(?<![^\W_])({alternatives or r'(?!)'})s(?!\w)|(?<=\d)s(?!\w)")

    @cached_property
    def digest(self) -> str:
        """A hash of these names and rules, the same in every process."""
        return hashlib.sha256(repr((sorted(self.rows, key=repr), sorted(self.rules))).encode()).hexdigest()

    def names(self, key: str) -> list[RecordName]:
        """Return the names with this key, one per record, the most likely first."""
        names_by_ref: dict[str, RecordName] = {}
        for name in sorted(self._names.get(key, ()), key=self._rank):
            names_by_ref.setdefault(name.ref, name)
        return list(names_by_ref.values())

    def is_ambiguous(self, names: tuple[RecordName, ...]) -> bool:
        """Return whether it cannot be decided which of the records with these names is meant."""
        return len(names) > 1 and self._rank(names[0])[:-1] == self._rank(names[1])[:-1]

    def spellings(self, key: str) -> list[RecordName]:
        return self._names.get(key, [])

    def may_go_on(self, key: str) -> bool:
        """Return whether a name can begin with `key`."""
        return key[:BEGINNING] in self._beginnings

    def is_ordinary(self, text: str, name: RecordName) -> bool:
        """Return whether `text`, a name of this record, look like an ordinary word."""
        if key_of(text) in self.proper:
            return False
        if len(text) <= SHORT and name.label not in self.versioned | self.vendors:
            return True
        return could_be_ordinary(text) or (name.role == PART and "." not in text)

    def named_like(self, key: str) -> list[RecordName]:
        """Return up to five versioned records whose names begin with `key`, the key of whole words."""
        return self._beginning.get(key, [])[:OFFERED]

    def series(self, key: str) -> RecordName | None:
        """Return the series (the first of the kinds) that has this name."""
        return next((name for name in self.names(key) if not self.kinds[name.label]), None)

    def near(self, word: str, after: str = "") -> str:
        """Return the word most like `word` that begins a name, or follows `after` in one; "" if none is close."""
        folded = word.casefold()
        mistakes = 2 if len(folded) >= FAR_FROM else 1 if len(folded) >= NEAR_FROM else 0
        if not mistakes or folded in self._words:
            return ""
        alike = self._after.get(after, ()) if after else self._by_beginning.get(folded[0], ())
        closest = process.extractOne(folded, alike, scorer=OSA.distance, score_cutoff=mistakes)
        is_form = closest and closest[0] in {folded.removesuffix("s"), f"{folded}s"}
        return closest[0] if closest and not is_form else ""

    def _rank(self, name: RecordName) -> tuple:
        # An all-lowercase name comes from a feed; a record that was named by a person takes precedence.
        return name.role == MISSPELLING, is_slug(name.written), self.kinds[name.label], name.role != OWN, name.pk

    def _learn_versions(self):
        self._beginning: dict[str, list[RecordName]] = defaultdict(list)
        self.lines: set[str] = set()  # keys that some names consist of, before a version
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
                number = next((index for index, part in enumerate(parts) if part[0].isdecimal()), None)
                line_parts = parts[: number or len(parts)]
                if name.role == OWN:
                    followers.update({part for part in parts[1:] if part.isalpha()})
                if number and len(joined(line_parts)) >= LINE:
                    self.lines.add(joined(line_parts))
                if len(line_parts) > 1:
                    self._after[line_parts[0]].add(line_parts[1])
                for end in range(1, len(parts)):
                    key = joined(parts[:end])
                    alike = self._beginning[key]
                    if len(alike) < OFFERED and all(other.ref != name.ref for other in alike):
                        alike.append(name)
        # Words that names of versions continue with.
        self.variant_words = {word for word, count in followers.items() if count >= COMMON and len(word) > 1}
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for word in sorted(nearly):
            self._by_beginning[word[0]].append(word)

    def _recognisable(self, name: RecordName) -> list[str]:
        """Return the words of a name that are recognised despite a typo: the first, unless it is a common word."""
        first = next((token for token in tokens_of(name.written) if token.text.isalpha()), None)
        if first is None or len(first.text) < NEAR_FROM - 1 or not first.text[0].isupper():
            return []
        return [first.folded] if name.label in self.versioned | self.vendors else []


_last: Lexicon | None = None


def current_lexicon() -> Lexicon:
    """Return the lexicon for the names that are in the database now. Two queries.

    All names are read on each call, so none is stale, even after a rollback; only the index is reused.
    """
    global _last
    rows = [row for naming in registered for row in naming.rows()]
    rules = list(NameRule.objects.order_by("key").values_list("key", "rule"))
    lexicon = _last
    if lexicon is None or lexicon.rows != rows or lexicon.rules != rules:
        lexicon = _last = Lexicon(rows, rules, registered)
    return lexicon

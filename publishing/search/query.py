"""Parse search queries. Every input is valid, although it may have no terms."""

from dataclasses import dataclass
from functools import cached_property

from ops.http.query_params import words
from publishing.search.words import STOP_WORDS, fold, joined, key, pieces, stem

MAX_LENGTH = 200
MAX_TERMS = 12
MAX_PARTS = 12


@dataclass(frozen=True)
class Term:
    """A term of the query: its parts are adjacent in the text, or written as one word."""

    parts: tuple[str, ...]
    is_last: bool = False

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(stem(part) for part in self.parts)

    @property
    def joined(self) -> str:
        return stem(joined(list(self.parts)))

    @property
    def prefix(self) -> str:
        """Return the prefix of a word that may still be incomplete; "" for numbers and single letters."""
        word = self.parts[-1]
        return word if self.is_last and len(self.parts) == 1 and word.isalpha() and len(word) > 1 else ""


@dataclass(frozen=True)
class Query:
    """A parsed query. `text` is the input without unprintable characters, cut to MAX_LENGTH."""

    text: str
    terms: tuple[Term, ...]
    needs_all: bool = True

    @classmethod
    def parse(cls, text: str) -> "Query":
        text = words(text, MAX_LENGTH)
        found: list[tuple[str, ...]] = [tuple(parts[:MAX_PARTS]) for parts in pieces(fold(text))][:MAX_TERMS]
        telling = [parts for parts in found if parts[0] not in STOP_WORDS or len(parts) > 1] or found
        unique = list(dict.fromkeys(telling))
        return cls(text, tuple(Term(parts, parts is unique[-1]) for parts in unique))

    def __bool__(self):
        return bool(self.terms)

    @cached_property
    def key(self) -> str:
        """Return the whole query as a name prefix."""
        return key(self.text)

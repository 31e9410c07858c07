"""What a reader asks for, taken apart. Whatever is typed means something or nothing; nothing is an error."""

from dataclasses import dataclass
from functools import cached_property

from ops.http.query_params import words
from publishing.search.words import STOP_WORDS, fold, joined, key, pieces, stem

MAX_LENGTH = 200
MAX_TERMS = 12
MAX_PARTS = 12


@dataclass(frozen=True)
class Term:
    """A piece of the question: its parts stand next to each other in the text, or are written as one word."""

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
        """What the word that a reader may still be typing begins with; "" for numbers and single letters."""
        word = self.parts[-1]
        return word if self.is_last and len(self.parts) == 1 and word.isalpha() and len(word) > 1 else ""


@dataclass(frozen=True)
class Query:
    """`text` is what was asked, without what cannot be typed, cut to 200 characters."""

    text: str
    terms: tuple[Term, ...]
    needs_all: bool = True

    @classmethod
    def parse(cls, text: str) -> "Query":
        text = words(text, MAX_LENGTH)
        found = [tuple(parts[:MAX_PARTS]) for parts in pieces(fold(text))][:MAX_TERMS]
        telling = [parts for parts in found if len(parts) > 1 or parts[0] not in STOP_WORDS] or found
        unique = list(dict.fromkeys(telling))
        return cls(text, tuple(Term(parts, parts is unique[-1]) for parts in unique))

    def __bool__(self):
        return bool(self.terms)

    def with_any_word(self) -> "Query":
        """Return the question for those who would be content with some of the words."""
        return Query(self.text, self.terms, needs_all=False)

    @cached_property
    def key(self) -> str:
        """The whole question as the beginning of a name."""
        return key(self.text)

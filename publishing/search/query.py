"""Parse search queries. Every input is valid, although it may have no terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ops.http.query_params import words
from publishing.search.synonyms import MOST_WORDS, Words, said_of_all, synonyms, translations
from publishing.search.words import STOP_WORDS, fold, joined, key, pieces, root, stem, without_elisions

MAX_LENGTH = 200
MAX_TERMS = 12
MAX_PARTS = 12
TITLES = 4_096  # whose roots are kept, since searches find the same ones again
FEWEST_TERMS, MOST_TERMS = 3, 5  # of which a title may lack one
FEWEST_WORDS, SAME_QUESTION = 4, 0.75  # words of a question, and their share in the same one


@dataclass(frozen=True)
class Term:
    """A term of the query: its parts are adjacent in the text, or written as one word. `others` mean the same."""

    parts: Words
    is_last: bool = False
    others: tuple["Term", ...] = ()

    @property
    def wordings(self) -> tuple["Term", ...]:
        return self, *self.others

    @cached_property
    def canonical(self) -> Words:
        """Return the roots of its words, the same for all that have the same meaning."""
        return min(tuple(map(root, parts)) for parts in [self.parts, *same(self.parts)])

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(stem(part) for part in self.parts)

    @property
    def joined(self) -> str:
        return stem(joined(list(self.parts)))

    @property
    def prefix(self) -> str:
        """Return the beginning of a word that may have other endings, or be incomplete; "" if only the word counts."""
        word = self.parts[-1]
        if len(self.parts) > 1 or not word.isalpha():
            return ""
        if (beginning := root(word)) != stem(word):
            return beginning
        return word if self.is_last and len(word) > 1 else ""


def same(parts: Words) -> list[Words]:
    """Return the synonyms of a word or phrase, in any of its forms."""
    return synonyms().get(tuple(map(root, parts)), [])


def _is_entry(parts: Words) -> bool:
    return bool(same(parts)) or tuple(map(root, parts)) in translations()


def _term(parts: Words, is_last: bool) -> Term:
    """Return the term for words as typed: of a translated word the English one, with the typed as another wording."""
    english = translations().get(tuple(map(root, parts)))
    typed = [parts] if english else []
    parts = english or parts
    return Term(parts, is_last, tuple(map(Term, typed + same(parts))))


def _phrases(found: list[Words]) -> Iterator[Words]:
    """Join adjacent words that are one entry of the synonyms: [end], [of], [life]."""
    place = 0
    while place < len(found):
        runs = (found[place : place + number] for number in range(MOST_WORDS, 1, -1))
        run = next((run for run in runs if len(run) > 1 and _is_entry(sum(run, ()))), found[place : place + 1])
        yield sum(run, ())
        place += len(run)


@dataclass(frozen=True)
class Query:
    """A parsed query. `text` is the input without unprintable characters, cut to MAX_LENGTH."""

    text: str
    terms: tuple[Term, ...]
    needs_all: bool = True
    takes_titles: bool = False  # also finds titles and names with all terms but one

    @classmethod
    def parse(cls, text: str) -> "Query":
        text = words(text, MAX_LENGTH)
        found = list(_phrases([tuple(parts[:MAX_PARTS]) for parts in pieces(without_elisions(fold(text)))][:MAX_TERMS]))
        telling = [parts for parts in found if not STOP_WORDS.issuperset(parts) or _is_entry(parts)] or found
        unique = list(dict.fromkeys(telling))
        return cls(text, tuple(_term(parts, parts is unique[-1]) for parts in unique))

    def __bool__(self):
        return bool(self.terms)

    @cached_property
    def key(self) -> str:
        """Return the whole query as a name prefix."""
        return key(self.text)

    @cached_property
    def telling_terms(self) -> list[Term]:
        """Return the terms without those that every page of this site is about, if there are others."""
        return [term for term in self.terms if term.parts not in said_of_all()] or [*self.terms]

    @cached_property
    def all_but_one(self) -> list[tuple[Term, ...]]:
        """Return the terms without one of them, each in turn; [] for few or many, and with a version, which is of a
        model: the catalogue answers.
        """
        terms = self.telling_terms
        is_prose = all("".join(term.parts).isalpha() for term in terms)
        if not is_prose or not FEWEST_TERMS <= len(terms) <= MOST_TERMS:
            return []
        return [tuple(other for other in terms if other is not term) for term in terms]

    @cached_property
    def roots(self) -> frozenset[str]:
        """Return the roots of all its words, also of those that are no terms: how, not."""
        return roots_of(self.text)

    @property
    def is_question(self) -> bool:
        return len(self.roots) >= FEWEST_WORDS

    def is_asked_by(self, title: str) -> bool:
        """Return whether a title asks the same question: it has three quarters of the words."""
        return len(self.roots & roots_of(title)) >= len(self.roots) * SAME_QUESTION


@lru_cache(TITLES)
def roots_of(text: str) -> frozenset[str]:
    return frozenset(root(part) for parts in pieces(fold(text)) for part in parts)

"""Parse search queries. Every input is valid, although it may have no terms."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from ops.http.query_params import words
from publishing.search.synonyms import MOST_WORDS, SitePage, Words, site_pages, synonyms
from publishing.search.words import STOP_WORDS, fold, joined, key, pieces, root, stem

MAX_LENGTH = 200
MAX_TERMS = 12
MAX_PARTS = 12
MOST_PAGES = 3


@dataclass(frozen=True)
class Term:
    """A term of the query: its parts are adjacent in the text, or written as one word. `others` mean the same."""

    parts: Words
    is_last: bool = False
    others: tuple["Term", ...] = ()

    @property
    def wordings(self) -> tuple["Term", ...]:
        return self, *self.others

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


def _phrases(found: list[Words]) -> Iterator[Words]:
    """Join adjacent words that are one entry of the synonyms: [end], [of], [life]."""
    place = 0
    while place < len(found):
        runs = (found[place : place + number] for number in range(MOST_WORDS, 1, -1))
        run = next((run for run in runs if len(run) > 1 and same(sum(run, ()))), found[place : place + 1])
        yield sum(run, ())
        place += len(run)


@dataclass(frozen=True)
class Query:
    """A parsed query. `text` is the input without unprintable characters, cut to MAX_LENGTH."""

    text: str
    terms: tuple[Term, ...]
    needs_all: bool = True

    @classmethod
    def parse(cls, text: str) -> "Query":
        text = words(text, MAX_LENGTH)
        found = list(_phrases([tuple(parts[:MAX_PARTS]) for parts in pieces(fold(text))][:MAX_TERMS]))
        telling = [parts for parts in found if parts[0] not in STOP_WORDS or len(parts) > 1] or found
        unique = list(dict.fromkeys(telling))
        return cls(text, tuple(Term(parts, parts is unique[-1], tuple(map(Term, same(parts)))) for parts in unique))

    def __bool__(self):
        return bool(self.terms)

    @cached_property
    def key(self) -> str:
        """Return the whole query as a name prefix."""
        return key(self.text)


def pages_for(query: Query, published: Collection[str]) -> list[SitePage]:
    """Return up to three pages of the site about most terms, in the order of the file; those of records only if
    `published` has their address."""
    there = [page for page in site_pages() if not page.is_record or page.address in published]
    return [page for page in there if query and _is_about(page, query)][:MOST_PAGES]


def _is_about(page: SitePage, query: Query) -> bool:
    """Return whether the terms, in one of their wordings, are among the words; the last one may be incomplete."""
    missing = [
        term
        for term in query.terms
        if not any(page.roots.issuperset(map(root, one.parts)) for one in term.wordings)
        and not any(word.startswith(term.prefix) for word in page.roots if len(term.prefix) > 2)
    ]
    return len(missing) <= len(query.terms) // 3

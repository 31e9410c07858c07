"""Synonyms, translations, and pages that are no records, as search finds them: all are in synonyms.toml."""

from dataclasses import dataclass
from functools import cache, cached_property

from ops.toml_files import toml_beside
from publishing.search.words import fold, pieces, root, without_elisions

type Words = tuple[str, ...]
MOST_WORDS = 3  # pieces of a phrase


@dataclass(frozen=True)
class SitePage:
    """A page as search shows it; `is_record` if it is there only once editors have published it."""

    address: str
    title: str
    text: str
    words: str
    is_record: bool = False

    @cached_property
    def said(self) -> frozenset[str]:
        """Return its words in the forms in which they are written."""
        return frozenset(_parts(f"{self.title} {self.words}"))

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(map(root, self.said))


@cache
def synonyms() -> dict[Words, list[Words]]:
    """Return the other wordings of a wording, by the roots of its words."""
    groups = [[_parts(wording) for wording in group] for group in toml_beside(__file__, "synonyms.toml")["same"]]
    return {tuple(map(root, one)): [other for other in group if other != one] for group in groups for one in group}


@cache
def translations() -> dict[Words, Words]:
    """Return the English wording of German and French ones, by the roots of their words."""
    words = toml_beside(__file__, "synonyms.toml")["translated"]
    pairs = [(_parts(english), _parts(foreign)) for english, others in words.items() for foreign in others]
    return {tuple(map(root, foreign)): english for english, foreign in pairs}


@cache
def said_of_all() -> frozenset[Words]:
    """Return the words that tell no page of this site from another."""
    return frozenset(map(_parts, toml_beside(__file__, "synonyms.toml")["said_of_all"]))


@cache
def site_pages() -> list[SitePage]:
    return [SitePage(**page) for page in toml_beside(__file__, "synonyms.toml")["pages"]]


def _parts(text: str) -> Words:
    return tuple(part for piece in pieces(without_elisions(fold(text))) for part in piece)

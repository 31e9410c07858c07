"""Pages that answer a search as a whole: those that apps name for it, then those of synonyms.toml."""

from collections.abc import Callable, Collection

from publishing.search.query import Query
from publishing.search.synonyms import SitePage, site_pages
from publishing.search.words import fold, pieces, root

MOST_PAGES = 3
answering: list[
    Callable[[Query], list[SitePage]]
] = []  # each app's function: the pages that answer a query, best first


def pages_for(query: Query, published: Collection[str], is_answered: bool = False) -> list[SitePage]:
    """Return up to three pages, those of apps first, then those of the site about most terms, with most words as typed.

    Those of records count only if `published` has their address, those of the site only if no record answers.
    """
    if not query:
        return []
    found = {page.address: page for answer in answering for page in answer(query)}
    there = [page for page in site_pages() if not page.is_record or page.address in published]
    there = [] if is_answered else there
    wordings = [(term.prefix, [set(map(root, one.parts)) for one in term.wordings]) for term in query.telling_terms]
    said = {part for parts in pieces(fold(query.text)) for part in parts}
    there.sort(key=lambda page: -len(said & page.said))  # retired, or retiring
    for page in (page for page in there if _is_about(page, wordings)):
        found.setdefault(page.address, page)
    return [*found.values()][:MOST_PAGES]


def _is_about(page: SitePage, wordings: list[tuple[str, list[set[str]]]]) -> bool:
    """Return whether the terms, in one of their wordings, are among the words; the last one may be incomplete."""
    missing = [
        prefix
        for prefix, wordings_of_term in wordings
        if not any(page.roots.issuperset(roots) for roots in wordings_of_term)
        and not (len(prefix) > 2 and any(word.startswith(prefix) for word in page.roots))
    ]
    return len(missing) <= len(wordings) // 3

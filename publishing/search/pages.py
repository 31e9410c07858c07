"""Pages that answer a search as a whole: those that apps name for it, then those of synonyms.toml."""

from collections.abc import Callable, Collection

from publishing.search.query import Query
from publishing.search.synonyms import SitePage, site_pages
from publishing.search.words import root

MOST_PAGES = 3
answering: list[
    Callable[[Query], list[SitePage]]
] = []  # each app's function: the pages that answer a query, best first


def pages_for(query: Query, published: Collection[str]) -> list[SitePage]:
    """Return up to three pages, those of apps first, then those of the site about most terms, in the order of the file.

    Those of records count only if `published` has their address.
    """
    if not query:
        return []
    found = {page.address: page for answer in answering for page in answer(query)}
    there = [page for page in site_pages() if not page.is_record or page.address in published]
    for page in (page for page in there if _is_about(page, query)):
        found.setdefault(page.address, page)
    return [*found.values()][:MOST_PAGES]


def _is_about(page: SitePage, query: Query) -> bool:
    """Return whether the terms, in one of their wordings, are among the words; the last one may be incomplete."""
    missing = [
        term
        for term in query.terms
        if not any(page.roots.issuperset(map(root, one.parts)) for one in term.wordings)
        and not any(word.startswith(term.prefix) for word in page.roots if len(term.prefix) > 2)
    ]
    return len(missing) <= len(query.terms) // 3

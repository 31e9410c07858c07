"""The chosen filters of a list in words, each with the URL of the list without it."""

from dataclasses import dataclass

from catalog.browse.facets import Facets
from catalog.browse.filters import FIRST_SHOWN
from catalog.browse.groups import RANGES
from catalog.browse.listing import ModelListQuery


@dataclass(frozen=True)
class ActiveFilter:
    label: str
    value: str
    url: str


def active_filters(listing: ModelListQuery, facets: Facets) -> list[ActiveFilter]:
    filters, found = listing.filters, []

    def add(label: str, words: str, name: str, value: str):
        found.append(ActiveFilter(label, words, listing.url(filters=filters.without(name, value))))

    if filters.query.text:
        add("Words", f"“{filters.query.text}”", "q", "")
    for group, value, label in facets.chosen():
        if (group.name, value) != ("show", FIRST_SHOWN):
            add(group.label, label, group.name, value)
    for range_ in RANGES.values():
        for word, end in zip(("from", "to"), range_.ends, strict=True):
            if end in filters.bounds:
                add(range_.label, f"{word} {range_.written(filters.bounds[end])}", end, "")
    return found

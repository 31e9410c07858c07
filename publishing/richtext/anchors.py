"""The anchors of headings: made from the words once, when a text is first cleaned, and kept when the words change."""

import re

from ops.http.slugs import numbered, slug_for

# What the templates around a body call parts of their page.
RESERVED_ANCHORS = frozenset(
    [
        *("main", "articles", "models", "questions", "read-also", "related", "services"),
        *("our-view", "offerings", "searched", "facts", "history", "sources", "background"),
        *("used", "authors", "archive", "call", "changes", "case-studies"),
        *("ahead", "past", "alternatives", "benchmarks", "weights", "chosen", "filters", "found"),
        *("prices", "releases", "work"),
        *("what", "start", "copy", "quotas", "problems", "licence"),  # of partners and contact
        *("reading", "keys", "endpoints", "errors", "status"),  # of the API's page
    ]
)
# As `slug_for` writes them, so no other id of the page (id_body, fn:1) looks like one.
ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def anchors_for(headings: list[tuple[str, str]], taken=frozenset()) -> list[str]:
    """Return the anchor of each heading, given as (the anchor that it has or "", its words).

    A heading keeps its own unless an earlier one of these has it, or it is one of `taken` or reserved. Without words
    there is no anchor: the half of a heading that was split off and is still empty must not take it along.
    """
    used = {*taken, *RESERVED_ANCHORS}
    kept = []
    for own, words in headings:
        is_kept = bool(own and words and own not in used)
        kept.append(own if is_kept else "")
        used.update([own] if is_kept else [])
    numbers = {}  # of each stem the last that was given: thousands of equal headings are not counted anew each time
    for place, (own, words) in enumerate(headings):
        if words and not kept[place]:
            # One that is taken on this page only differs by a number; a copied heading is called by its own words.
            stem = slug_for(own if own in taken else words, "section")
            while (anchor := numbered(stem, numbers.setdefault(stem, 1))) in used:
                numbers[stem] += 1
            kept[place] = anchor
            used.add(anchor)
    return kept

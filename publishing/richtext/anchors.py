"""Anchors of headings: made from the words when a text is first cleaned, and unchanged when the words change."""

import re

from ops.http.slugs import numbered, slug_for

# Ids that the templates around a body use.
RESERVED_ANCHORS = frozenset(
    [
        *("main", "articles", "models", "questions", "read-also", "related", "services"),
        *("our-view", "offerings", "searched", "facts", "history", "sources", "background"),
        *("used", "authors", "call", "changes", "case-studies", "people", "answering", "company"),
        *("alternatives", "benchmarks", "weights", "chosen", "examples", "filters", "found", "ends", "ended-by"),
        *("prices", "lives", "work", "data", "presets", "context-chart", "price-history"),
        *("listed", "search-models", "suggestions", "search-site", "site-suggestions", "menu-suggestions"),
        *("as-of", "as-of-day", "as-of-help", "as-of-error", "months", "left"),
        *("what", "what-next", "start", "copy", "quotas", "problems", "licence"),  # partner and contact pages
        *("reading", "keys", "endpoints", "errors", "status"),  # the API's page
        *("answers", "before", "next", "unknown", "numbers", "monthly-costs", "workload"),
    ]
)
# The format of `slug_for`, which no other id of the page (id_body, fn:1) matches.
ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def anchors_for(headings: list[tuple[str, str]], taken: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """Return the anchor of each heading, given as (its present anchor or "", its words).

    A heading keeps its anchor unless an earlier one has it, or it is in `taken` or reserved. A heading without words
    gets none: when the editor splits a heading, the empty half must not take the anchor.
    """
    used = {*taken, *RESERVED_ANCHORS}
    anchors = []
    for present, text in headings:
        is_kept = bool(present and text and present not in used)
        anchors.append(present if is_kept else "")
        used.update([present] if is_kept else [])
    numbers = {}  # the last number used per stem, so that thousands of equal headings are not counted again each time
    for place, (present, text) in enumerate(headings):
        if text and not anchors[place]:
            # An anchor used elsewhere on the page gets a number; a copied heading gets an anchor from its own words.
            stem = slug_for(present if present in taken else text, "section")
            while (anchor := numbered(stem, numbers.setdefault(stem, 1))) in used:
                numbers[stem] += 1
            anchors[place] = anchor
            used.add(anchor)
    return anchors

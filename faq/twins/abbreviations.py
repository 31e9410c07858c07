"""What the site's own texts call by a shorter name: "retrieval-augmented generation (RAG)" says that both are one."""

import re
from itertools import islice

from django.core.cache import cache

from faq.twins.wording import SYNONYMS, Words
from publishing.models import SearchText
from publishing.search.words import PART, fold, stem

# Up to six words before the name in brackets, which may be a plural. Begun at words and bounded: texts may be long.
INTRODUCED = re.compile(r"\b((?:[^\W_]{1,40}[ -]){1,5}[^\W_]{1,40}) \(([A-Z]{2,6})s?\)")
KEPT_FOR_SECONDS = 600
MOST_TEXTS = 5_000
KEY = "faq.abbreviations"


def synonyms() -> dict[Words, Words]:
    """Return the names that are known, each phrase with what it is called; as of ten minutes ago."""
    return cache.get_or_set(KEY, _read, KEPT_FOR_SECONDS)


def abbreviations_in(text: str) -> dict[Words, Words]:
    """Return the phrases whose initials the brackets behind them give."""
    found = {}
    for match in INTRODUCED.finditer(text):
        words, name = PART.findall(fold(match[1])), match[2].lower()
        phrase = words[-len(name) :]
        if "".join(word[0] for word in phrase) == name:
            found[tuple(stem(word) for word in phrase)] = (name,)
    return found


def _read() -> dict[Words, Words]:
    found = {}
    bodies = SearchText.objects.filter(body__contains="(").order_by("pk").values_list("body", flat=True)
    for body in islice(bodies.iterator(), MOST_TEXTS):
        found |= abbreviations_in(body)
    return found | SYNONYMS

"""Suggestions for a search without results."""

from rapidfuzz import fuzz, process

from catalog.models import AIModel, Alias
from publishing.search.query import Query
from publishing.search.words import key

SHORTEST = 3
SHORTEST_WORD = 4
LEAST_LIKENESS = 75  # on a scale of 0 to 100
MOST_NAMES = 20_000  # an upper limit; comparing this many takes some hundredths of a second


def suggested_name(query: Query) -> str:
    """Return the name, alias or word in one of a listed model most similar to the query, or "". Two queries."""
    if len(query.key) < SHORTEST:
        return ""
    listed = AIModel.objects.listed()
    names = list(listed.order_by("pk").values_list("name", flat=True)[:MOST_NAMES])
    names += Alias.objects.filter(model__in=listed).order_by("pk").values_list("text", flat=True)[:MOST_NAMES]
    names += sorted({word for name in names for word in name.split() if len(word) >= SHORTEST_WORD})
    keys = [key(name) for name in names]
    found = process.extractOne(query.key, keys, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
    return names[found[2]] if found and keys[found[2]] != query.key else ""

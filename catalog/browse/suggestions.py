"""Suggestions while a search is typed, and for one without results."""

from collections.abc import Iterable

from django.db.models import Case, Q, When
from django.utils import timezone
from rapidfuzz import fuzz, process

from catalog.browse.order import LATEST_FIRST
from catalog.documents import read
from catalog.models import AIModel, Alias, Provider, Vendor
from publishing.search.backends import index
from publishing.search.query import Query
from publishing.search.words import key

SHORTEST = 3
SHORTEST_WORD = 4
LEAST_LIKENESS = 75  # on a scale of 0 to 100
MOST_MODELS, MOST_OTHERS = 6, 3
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


def suggestions(query: Query) -> list[dict[str, str]]:
    """Return name, kind and URL of a few models, the latest first, vendors and providers. Four queries.

    Their names have all words of the query, or a name or alias of a model begins with it.
    """
    if len(query.key) < SHORTEST - 1:
        return []

    def named(column: str) -> Q:
        return Q(*(Q(**{f"{column}__icontains": word}) for word in query.text.split()))

    leaders = [*index().leaders(query, timezone.now(), AIModel._meta.label_lower).values()]
    models = read.summaries().exclude(show="unverified").filter(Q(pk__in=leaders) | named("name_key"))
    is_other = Case(When(name_key=query.text.lower(), then=0), default=1)
    found: dict[str, Iterable] = {"Model": models.order_by(is_other, *LATEST_FIRST)[:MOST_MODELS]}
    for table in (Vendor, Provider):
        found[table.__name__] = table.objects.published().filter(named("name")).order_by("name")[:MOST_OTHERS]
    return [
        {"name": one.name, "kind": kind, "url": one.get_absolute_url()} for kind, some in found.items() for one in some
    ]

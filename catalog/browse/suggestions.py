"""Suggestions while a search is typed, and for one without results."""

from collections.abc import Iterable

from django.db.models import Case, Q, When
from django.utils import timezone
from rapidfuzz import fuzz, process

from catalog.browse.order import LATEST_FIRST, leading
from catalog.documents import read
from catalog.models import AIModel, Alias, Family, Provider, Vendor
from catalog.rules.status import Status
from publishing.search.query import Query
from publishing.search.vocabulary import similar_names
from publishing.search.words import key

SHORTEST, SHORTEST_WORD = 3, 4
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
    match = process.extractOne(query.key, keys, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
    return names[match[2]] if match and keys[match[2]] != query.key else ""


similar_names.append(suggested_name)


def suggestions(query: Query) -> list[dict[str, str]]:
    """Return name, kind and URL of a few models, vendors, providers and families. Six queries.

    Their names have all words of the query, or a name or alias of a model begins with it. Names that equal the query
    come first, then models that begin with it: those of the family that it names, current ones, the latest.
    """
    if len(query.key) < SHORTEST - 1:
        return []

    def has_all_words(column: str) -> Q:
        return Q(*(Q(**{f"{column}__icontains": word}) for word in query.text.split()))

    equal, leaders = leading(query)
    families = Family.objects.published().values_list("pk", "name")
    families = [pk for pk, name in families if (family_key := key(name)) and query.key.startswith(family_key)]
    models = read.models_on(timezone.localdate()).exclude(show="unverified")
    models = models.filter(Q(pk__in=leaders) | has_all_words("name_key"))
    first = (Q(pk__in=equal), Q(pk__in=leaders, family_id__in=families), Q(pk__in=leaders))
    place = Case(*(When(condition, then=number) for number, condition in enumerate(first)), default=len(first))
    is_ending = Case(When(status__in=(Status.DEPRECATED, Status.RETIRED), then=1), default=0)
    models = models.order_by(place, is_ending, *LATEST_FIRST).only("name", "row")
    records_by_kind: dict[str, Iterable] = {"Model": models[:MOST_MODELS]}
    for table in (Vendor, Provider, Family):
        others = table.objects.published().filter(has_all_words("name")).only("name", *table.address_fields)
        records_by_kind[table.__name__] = others.order_by("name")[:MOST_OTHERS]
    every = [(kind, record) for kind, records in records_by_kind.items() for record in records]
    every.sort(key=lambda pair: key(pair[1].name) != query.key)
    return [{"name": record.name, "kind": kind, "url": record.get_absolute_url()} for kind, record in every]

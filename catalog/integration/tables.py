"""Models in comparison tables of texts: models that can be compared, the facts, and lists of the catalogue as rows."""

from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import IntegerField, Value, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict
from django.urls import reverse

from catalog.browse.filters import NAMES as FILTERS
from catalog.browse.groups import LISTED
from catalog.browse.listing import ModelListQuery
from catalog.browse.order import order_of
from catalog.documents import read
from catalog.integration.facts import LABELS
from catalog.models import AIModel, ModelSummary
from catalog.rules.status import Status
from publishing.rendering.tables.sources import Comparable, comparable

# A search for words would change the table unexpectedly over time, and costs two more queries.
LEFT_OUT = {"q"}


def rows(keys: set[int], lists: list[str], day: date, most: int) -> tuple[set[int], list[list[int]]]:
    """Return the `keys` of models that can be compared, and the keys of each list in its order, at most `most` + 1.

    One query for the keys, and one for all lists together.
    """
    read.stamp_pending_changes()
    chosen = ModelSummary.objects.filter(pk__in=keys, show__in=LISTED).values_list("pk", flat=True) if keys else ()
    parts = [_part(number, listed, day, most) for number, listed in enumerate(lists)]
    found = sorted(parts[0].union(*parts[1:], all=True).order_by() if len(parts) > 1 else parts[0]) if parts else ()
    return set(chosen), [[key for number, _, key in found if number == wanted] for wanted in range(len(lists))]


def _part(number: int, listed: str, day: date, most: int):
    listing = _listing(listed)
    order = order_of(listing.order)
    first = listing.filters.models(day).order_by(*order).values("pk")[: most + 1]
    models = read.models_on(day).filter(pk__in=first).order_by()
    place = Window(RowNumber(), order_by=order)
    return models.annotate(of=Value(number, output_field=IntegerField()), place=place).values_list("of", "place", "pk")


def _listing(listed: str) -> ModelListQuery:
    given = QueryDict(listed)
    if LEFT_OUT & given.keys():
        raise BadRequest("A table takes the filters of a list, not words that are sought in it.")
    if unknown := sorted(given.keys() - {*FILTERS, "sort", "view", "page"}):
        raise BadRequest(f"A list has no filter “{unknown[0]}”.")
    listing = ModelListQuery.parse(given)
    if listing.filters.show == "unverified":
        raise BadRequest("Models of which no source is known are not compared.")
    return ModelListQuery(listing.filters, listing.order)


def read_list(listed: str) -> str:
    return urlencode(_listing(listed).pairs())


def list_url(listed: str) -> str:
    return f"{reverse('catalog:list')}?{listed}" if listed else reverse("catalog:list")


comparable[AIModel._meta.label_lower] = Comparable(
    noun="Model",
    columns={name: label for name, label in LABELS.items() if name != "name"},
    offered=AIModel.objects.listed,
    rows=rows,
    read_list=read_list,
    list_url=list_url,
    standing="status",
    warnings=frozenset(status.label.lower() for status in (Status.DEPRECATED, Status.RETIRED)),
)

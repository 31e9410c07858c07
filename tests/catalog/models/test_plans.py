"""The databases answer the most frequent queries by an index, without scanning or sorting a table."""

import re
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict

from catalog.browse import order as orders
from catalog.browse.filters import Filters
from catalog.browse.order import CURRENT, LATEST, in_parts
from catalog.lifecycle.timeline import retirements_ahead, retirements_of_last_year
from catalog.models import AIModel, FeedEntry, Offering, Price, TimelineEntry
from catalog.news.changelog import CORRECTIONS, NEW_MODELS
from tests.plans import is_sorted, is_whole, prefer_indexes

pytestmark = [pytest.mark.django_db, pytest.mark.database]
DAY = date(2026, 11, 25)


def listed(query: str, order: str = LATEST, **ways):
    filters = Filters.parse(QueryDict(query))
    return in_parts(filters.models(DAY, **ways), order, filters)[1][0].values_list("pk", flat=True)[:30]


def of_a_page(offerings):
    """Return the queryset of a page, as the API makes it."""
    return offerings.select_related("provider", "model").filter(pk__gt=5).order_by("pk")[:51]


PRIMARY_KEY = r"catalog_{0}_pkey|SEARCH catalog_{0} USING INTEGER PRIMARY KEY \(rowid>"
QUERIES = {
    "a list": (lambda: listed("show=all"), "catalog_summary_latest"),
    "a list of what is checked": (lambda: listed("show=checked"), "catalog_summary_latest_of"),
    "a list by name": (lambda: listed("show=all", order="name"), "catalog_summary_by_name"),
    "a list of a kind": (lambda: listed("show=all&kind=video"), "catalog_summary_kind"),
    "a list of what a large maker made": (
        lambda: listed("show=all&vendor=x", common={"vendor"}),
        "catalog_summary_latest",
    ),
    "a page of the API's offerings": (lambda: of_a_page(Offering.objects.published()), PRIMARY_KEY.format("offering")),
    "a model by its address": (lambda: AIModel.objects.published().filter(slug="falcon-9"), "slug"),
    "models in the admin": (
        lambda: AIModel.objects.not_trashed().order_by("name", "pk")[:50],
        "catalog_model_by_name",
    ),
    "offerings in the admin": (
        lambda: Offering.objects.order_by("provider_id", "api_id")[:50],
        "catalog_offering_id_once|sqlite_autoindex_catalog_offering_1",
    ),
    "a page of the feed": (
        lambda: FeedEntry.objects.filter(seq__gt=1_000, seq__lte=9_000_000).order_by("seq")[:201],
        "seq|sqlite_autoindex_catalog_feedentry",
    ),
    "retirements ahead": (lambda: retirements_ahead(DAY)[:51], "catalog_timeline_date"),
    "retirements of the last year": (lambda: retirements_of_last_year(DAY)[:51], "catalog_timeline_date"),
    "recent changes": (
        lambda: TimelineEntry.objects.filter(place__gt="", place__lt="2026-11-26").order_by("-place", "pk")[:100],
        "catalog_timeline_place",
    ),
    "new models": (lambda: NEW_MODELS.filter(last_day__lte=DAY)[:300], "catalog_timeline_kind"),
    "corrected facts": (lambda: CORRECTIONS.filter(record_type=1)[:300], "catalog_change_latest"),
    "prices of some offerings": (
        lambda: Price.objects.filter(offering__in=[1, 2, 3]).order_by(),
        "offering_id|catalog_price_once_a_date|sqlite_autoindex_catalog_price",
    ),
}


@pytest.fixture(autouse=True)
def catalogue():
    AIModel.objects.bulk_create(
        AIModel(
            name=f"Falcon {number}", released_on=f"20{number % 20 + 10}", checked_on=DAY if number % 9 == 0 else None
        )
        for number in range(300)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_aimodel")
    prefer_indexes()


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_asked_most_is_found_by_an_index(name):
    query, index = QUERIES[name]
    plan = query().explain()
    assert re.search(index, plan), plan
    assert not is_whole(plan), plan
    assert not is_sorted(plan), plan


@pytest.mark.only_on("sqlite")  # PostgreSQL prefers to sort a table this small
@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("price", "catalog_modelperiod_input"),
        ("-price", "catalog_modelperiod_input"),
        ("context", "catalog_summary_by_context"),
        ("-context", "catalog_summary_by_context"),
        ("released", "catalog_summary_latest"),
    ],
)
def test_a_list_by_a_value_goes_along_its_index(order, index):
    filters = Filters.parse(QueryDict("show=all"))
    plan = in_parts(filters.models(DAY), order, filters)[1][0][:30].explain()
    assert index in plan, plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan, plan  # only rows with the same value are sorted


@pytest.mark.only_on("sqlite")
def test_the_first_list_goes_along_the_index_of_current_models(monkeypatch):
    monkeypatch.setattr(orders, "LOOKED_AT", 0)
    filters = Filters.parse(QueryDict(""))
    _, (others, rest) = in_parts(filters.models(DAY), CURRENT, filters)
    for part, index in ((others, "catalog_modelperiod_current"), (rest, "catalog_summary_latest")):
        plan = part[:30].explain()
        assert index in plan, plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan, plan


def test_a_query_without_an_index_would_be_seen():
    assert is_sorted(AIModel.objects.order_by("summary").explain())
    assert is_whole(AIModel.objects.filter(summary="x").order_by().explain())

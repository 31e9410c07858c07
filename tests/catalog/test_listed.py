"""What is kept for lists of many models is what is worked out for lists of few, to the day."""

from datetime import date

import pytest
from django.http import QueryDict
from django.utils import timezone

from catalog import kept, listed
from catalog.browse.facets import Facets
from catalog.browse.filters import Filters
from catalog.expressions import status_on
from catalog.feed.stamping import stamp
from catalog.models import AIModel, FeedMark, LifecycleEvent, ListCount, ListedModel, Offering, Provider, Vendor
from catalog.models.feed import FEED
from catalog.rules.status import EventKind, Status
from tests.bench.load.__main__ import fill

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LISTS = ["checked", "unchecked", "all", "unverified"]


@pytest.fixture
def many(monkeypatch):
    """Any catalogue counts as one of many models."""
    monkeypatch.setattr(kept, "MANY", 0)


@pytest.fixture
def filled(many):
    fill(60, say=lambda sentence: None)
    return list(AIModel.objects.order_by("pk"))


def shown(show: str, day: date) -> dict:
    facets = Facets(Filters.parse(query_of(show=show)), day)
    options = {
        name: {(option.value, option.label, option.count) for option in facet.options if option.count}
        for name, facet in facets.by_name.items()
    }
    return {"total": facets.total, "is_kept": facets.kept is not None, **options}


def query_of(**parameters):
    query = QueryDict(mutable=True)
    query.update(parameters)
    return query


def assert_kept_as_counted(monkeypatch, day: date):
    for show in LISTS:
        by_kept = shown(show, day)
        with monkeypatch.context() as patch:
            patch.setattr(kept, "MANY", 10**9)
            counted = shown(show, day)
        assert by_kept.pop("is_kept")
        assert not counted.pop("is_kept")
        assert by_kept == counted
    statuses = dict(AIModel.objects.published().annotate(today=status_on(day, "model")).values_list("pk", "today"))
    assert dict(ListedModel.objects.values_list("pk", "status")) == statuses


def set_back(model):
    AIModel.objects.filter(pk=model.pk).update(state="draft")


def unverify(model):
    AIModel.objects.filter(pk=model.pk).update(existence="unverified", notice="Heard of it.")


def retire(model):
    LifecycleEvent.objects.create(model=model, kind=EventKind.RETIRED, date="2025-01-01")


def change_columns(model):
    AIModel.objects.filter(pk=model.pk).update(kind="video", openness="", reasoning=True, checked_on="2026-01-01")


def offer_elsewhere(model):
    Offering.objects.filter(model=model).update(model=AIModel.objects.exclude(pk=model.pk).first())
    Offering.objects.create(provider=Provider.objects.last(), model=model, api_id="another")


def delete_offerings(model):
    Offering.objects.filter(model__isnull=False).first().delete()


def change_makers(model):
    model.vendors.set([Vendor.objects.last()])


def hide_a_maker(model):
    Vendor.objects.filter(slug="load-vendor-0000000").update(state="draft")


def delete_it(model):
    model.offerings.all().delete()
    model.delete()


WRITES = [
    set_back,
    unverify,
    retire,
    change_columns,
    offer_elsewhere,
    delete_offerings,
    change_makers,
    hide_a_maker,
    delete_it,
]


@pytest.mark.parametrize("write", WRITES)
def test_what_is_kept_follows_every_write(write, filled, monkeypatch):
    today = timezone.localdate()
    assert_kept_as_counted(monkeypatch, today)
    write(filled[0])
    assert_kept_as_counted(monkeypatch, today)


def test_what_was_deleted_right_before_a_backup_is_not_counted_in_what_comes_back(filled, monkeypatch):
    stamp()
    delete_it(filled[0])
    for model in FEED:  # which no backup has
        model.objects.all().delete()
    stamp()
    assert_kept_as_counted(monkeypatch, timezone.localdate())


def test_a_number_that_nobody_kept_would_be_seen(filled, monkeypatch):
    ListCount.objects.filter(group="kind").update(number=1)
    with pytest.raises(AssertionError):
        assert_kept_as_counted(monkeypatch, timezone.localdate())


def test_a_status_turns_at_midnight_without_any_job(filled, monkeypatch):
    model = filled[0]
    LifecycleEvent.objects.filter(model=model).delete()
    LifecycleEvent.objects.create(model=model, kind=EventKind.RELEASED, date="2025-01-01")
    LifecycleEvent.objects.create(model=model, kind=EventKind.RETIRED, date="2027-03-01")
    eve, day = date(2027, 2, 28), date(2027, 3, 1)
    assert_kept_as_counted(monkeypatch, eve)
    assert ListedModel.objects.get(pk=model.pk).status == Status.DEPRECATED
    assert_kept_as_counted(monkeypatch, day)
    assert ListedModel.objects.get(pk=model.pk).status == Status.RETIRED
    assert_kept_as_counted(monkeypatch, eve)  # of who still has yesterday
    assert ListedModel.objects.get(pk=model.pk).status == Status.DEPRECATED


def test_where_dates_cannot_be_followed_each_reader_counts(filled, monkeypatch):
    day = date(2027, 3, 1)
    monkeypatch.setattr(kept, "follow_dates", lambda *args: 0)
    assert ListedModel.objects.filter(listed.turned_by(day)).exists()
    assert not shown("all", day)["is_kept"]


def test_where_the_feed_is_behind_each_reader_counts(filled, monkeypatch):
    monkeypatch.setattr(kept, "current_head", lambda: None)
    set_back(filled[0])
    assert FeedMark.objects.exists()
    assert not shown("all", timezone.localdate())["is_kept"]


def test_few_models_are_counted_for_each_reader():
    AIModel.objects.create(name="Falcon")
    stamp()
    assert ListedModel.objects.exists()
    assert kept.kept_on(timezone.localdate()) is None


def test_a_list_filtered_by_status_is_the_same(filled, client, monkeypatch):
    for status in ("available", "retired", "unknown"):
        addresses = [f"/catalog/?show=all&status={status}", f"/catalog/?show=all&kind=language&status={status}"]
        for address in addresses:
            by_kept = client.get(address).context
            with monkeypatch.context() as patch:
                patch.setattr(kept, "MANY", 10**9)
                counted = client.get(address).context
            assert [model.pk for model in by_kept["page"]] == [model.pk for model in counted["page"]]
            assert by_kept["total"] == counted["total"]

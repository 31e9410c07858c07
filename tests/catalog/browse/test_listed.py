"""The counts of lists follow every write, to the day."""

from datetime import date

import pytest
from django.http import QueryDict
from django.utils import timezone

from bench.fill.__main__ import fill
from catalog.browse.facets import Facets
from catalog.browse.filters import Filters
from catalog.documents.sync.stamping import stamp
from catalog.groups import CHOICES, LINKS
from catalog.models import AIModel, FacetCount, LifecycleEvent, Offering, Provider, Vendor
from catalog.models.feed import FEED
from catalog.rules.status import EventKind, Status
from tests.catalog.browse import browse_world as world

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LISTS = ["checked", "unchecked", "all", "unverified"]


@pytest.fixture
def filled():
    fill(60, say=lambda sentence: None)
    return list(AIModel.objects.order_by("pk"))


def assert_numbers_are_those_of_the_rules(day: date):
    facts = world.facts(day)
    for show in LISTS:
        facets = Facets(Filters.parse(QueryDict(f"show={show}")), day)
        listed = [fact for fact in facts if show in fact["show"]]
        assert facets.total == len(listed)
        for name in {*LINKS, *CHOICES} - {"show"}:
            expected = {}
            for value in (value for fact in listed for value in fact[name]):
                expected[value] = expected.get(value, 0) + 1
            assert {option.value: option.count for option in facets.by_name[name].options} == expected, (show, name)


def status_of(model, day: date) -> str:
    [status] = (name for name in Status.values if model.pk in keys_with(name, day))
    return status


def keys_with(status: str, day: date) -> set[int]:
    filters = Filters.parse(QueryDict(f"show=all&status={status}"))
    return set(filters.models(day).values_list("pk", flat=True))


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
def test_numbers_follow_every_write(write, filled):
    today = timezone.localdate()
    assert_numbers_are_those_of_the_rules(today)
    write(filled[0])
    assert_numbers_are_those_of_the_rules(today)


def test_what_was_deleted_right_before_a_backup_is_not_counted_in_what_comes_back(filled):
    stamp()
    delete_it(filled[0])
    for model in FEED:  # which is not in backups
        model.objects.all().delete()
    stamp()
    assert_numbers_are_those_of_the_rules(timezone.localdate())


def test_a_wrong_number_would_be_seen(filled):
    stamp()
    FacetCount.objects.filter(group="kind").update(number=1)
    with pytest.raises(AssertionError):
        assert_numbers_are_those_of_the_rules(timezone.localdate())


def test_a_status_turns_at_midnight_without_any_job(filled):
    model = filled[0]
    LifecycleEvent.objects.filter(model=model).delete()
    LifecycleEvent.objects.create(model=model, kind=EventKind.RELEASED, date="2025-01-01")
    LifecycleEvent.objects.create(model=model, kind=EventKind.RETIRED, date="2027-03-01")
    eve, day = date(2027, 2, 28), date(2027, 3, 1)
    for at, expected in ((eve, Status.DEPRECATED), (day, Status.RETIRED), (eve, Status.DEPRECATED)):
        assert_numbers_are_those_of_the_rules(at)
        assert status_of(model, at) == expected

"""Models that have left their vendor's own list: a warning, neither an end nor a pass."""

from datetime import date

import pytest
import time_machine

from catalog.check.result import stack_models
from catalog.importers.held import apply_held
from catalog.models import AIModel, HeldRecord, ModelPeriod, Offering, Vendor
from catalog.pages.model_page import model_page
from tests.catalog.feeds import small, take_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]
DAY = date(2026, 12, 1)


@pytest.fixture
def later():
    with time_machine.travel("2026-12-01 12:00", tick=False):
        yield


def listed(*numbers: int, day="2026-07-02", **more) -> dict:
    """Return a feed with models of the vendor Acme, of which these are in its own list."""
    models = {f"acme/beta-{number}": {"name": f"Beta {number}", "open_weights": False} for number in range(30)}
    offered = {f"beta-{number}": {"base_model": f"acme/beta-{number}"} for number in numbers}
    return small(_source={"commit_date": day}, models=models, providers__acme__models=offered | more)


def import_both(before: dict, after: dict):
    take_over(before)
    vendor = Vendor.objects.get(slug="acme")
    vendor.reference_provider_id = Offering.objects.filter(provider__slug="acme").values_list("provider", flat=True)[0]
    vendor.save()
    return take_over(after)


def status_of(name: str) -> tuple[str, str | None, bool]:
    model = AIModel.objects.get(name=name)
    (found,) = stack_models([model.pk], DAY)
    assert ModelPeriod.objects.get(model=model.pk, first_day__lte=DAY, end_day__gt=DAY).status == found["status"]
    return found["status"], found["left_list_on"], found["passed"]


def test_a_model_that_its_vendor_lists_no_longer_is_a_warning(client):
    import_both(listed(*range(30)), listed(*range(1, 30), day="2026-09-01"))
    offering = Offering.objects.get(api_id="beta-0")
    assert (offering.last_listed_on, offering.left_list_on) == (date(2026, 7, 2), date(2026, 9, 1))
    assert status_of("Beta 0") == ("deprecated", "2026-09-01", False)
    assert status_of("Beta 1") == ("available", None, True)
    model = offering.model
    assert model_page(model, date(2026, 8, 31)).departure == ""
    words = "Not in the list of Acme since 1 September 2026 (models.dev)"
    assert model_page(model, DAY).departure == words
    for path in (model.get_absolute_url(), f"{model.get_absolute_url().rstrip('/')}.md"):
        assert words in client.get(path).content.decode()
    today = client.get(f"/api/v1/models/{model.slug}/").json()["today"]
    assert (today["status"], today["left_list_on"], today["end"]) == ("deprecated", "2026-09-01", None)
    page = client.get(f"/catalog/check/?models={model.slug}").content.decode()
    assert "1 of 1 model is retired, has left its vendor’s list or will be retired within" in page
    assert "Not in its vendor’s list since" in page


def test_a_model_that_is_in_the_list_again_has_not_left():
    import_both(listed(*range(30)), listed(*range(1, 30), day="2026-09-01"))
    take_over(listed(*range(30), day="2026-10-01"))
    offering = Offering.objects.get(api_id="beta-0")
    assert (offering.left_list_on, offering.listing) == (None, "listed")
    assert status_of("Beta 0") == ("available", None, True)


def test_a_model_under_another_id_has_not_left():
    renamed = {"beta-0-new": {"base_model": "acme/beta-0"}}
    import_both(listed(*range(30)), listed(*range(1, 30), day="2026-09-01", **renamed))
    assert not Offering.objects.exclude(left_list_on=None).exists()
    assert status_of("Beta 0") == ("available", None, True)


@pytest.mark.parametrize(("before", "gone"), [(30, 5), (10, 2)])
def test_many_models_of_a_vendor_wait_for_a_person(before, gone, administrator):
    run = import_both(listed(*range(before)), listed(*range(gone, before), day="2026-09-01"))
    assert not Offering.objects.exclude(left_list_on=None).exists()
    assert status_of("Beta 0") == ("available", None, True)
    waiting = HeldRecord.objects.filter(run=run, key__startswith="acme/beta-")
    assert waiting.count() == gone
    apply_held(run, waiting, administrator, holds=False)
    assert Offering.objects.exclude(left_list_on=None).count() == gone
    assert status_of("Beta 0") == ("deprecated", "2026-09-01", False)


def test_the_history_of_the_feed_tells_of_departures():
    import_both(listed(*range(1, 30)), listed(*range(1, 30)))
    states = [["2025-06-05", {"cost": {"input": 3}}], ["2026-05-15", None]]
    about = {"_source": {"commit_date": "2026-07-02"}, "models": {}}
    offered = {"beta-0": states, "beta-1-old": states, "gamma": states}
    take_over({**about, "offerings": {"acme": offered, "host.example": {"beta-2": states}}})
    (left,) = Offering.objects.exclude(left_list_on=None)
    assert (left.api_id, left.left_list_on, left.listing) == ("beta-0", date(2026, 5, 15), "removed")
    assert [(price.valid_from, price.amount) for price in left.prices.all()] == [
        ("2025-06-05", 3),
        ("2026-05-15", None),
    ]
    assert status_of("Beta 0") == ("deprecated", "2026-05-15", False)
    assert take_over({**about, "offerings": {"acme": {"beta-0": states}}}).counts == {"history": {"same": 1}}

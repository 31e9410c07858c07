"""Models that have left their vendor's own list: a warning, neither an end nor a pass."""

from datetime import date

import pytest
import time_machine
from lxml import html

from catalog.browse.rows import rows_of
from catalog.check.result import stack_models
from catalog.documents.timeline import LEFT
from catalog.importers.held import apply_held
from catalog.integration.cautions import cautions
from catalog.integration.inbox import retirements
from catalog.models import AIModel, HeldRecord, ModelPeriod, Offering, TimelineEntry, Vendor
from catalog.pages.model_page import model_page
from tests.catalog import factories
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


def words_of(client, path: str) -> str:
    (main,) = html.document_fromstring(client.get(path, follow=True).content.decode()).iter("main")
    return " ".join(main.text_content().split())


def test_a_departure_is_a_dated_warning_with_its_own_word_wherever_ends_are_listed(client, administrator):
    import_both(listed(*range(30)), listed(*range(1, 30), day="2026-09-01"))
    page = client.get("/catalog/retiring/")
    tree = html.document_fromstring(page.content.decode())
    heading = tree.get_element_by_id("left")
    (row,) = heading.getnext().getnext().find_class("ends__item")
    assert [" ".join(cell.text_content().split()) for cell in row] == [
        *("1 September 2026", "Beta 0", "Acme", "Replacement: none named", "Source 1")
    ]
    assert "models.dev" in tree.find_class("sources__item")[0].text_content()
    assert "1 more model has left its vendor’s list without a known last day." in words_of(client, "/catalog/retiring/")
    for query, is_listed in ((f"?model={row[1][0].get('href').split('/')[-2]}", True), ("?vendor=acme", True)):
        assert ("Left the vendor’s list" in words_of(client, f"/catalog/retiring/{query}")) == is_listed
    assert "Left the vendor’s list" in words_of(client, "/catalog/retiring/?within=3"), "it may stop on any day"
    assert "Left the vendor’s list" not in words_of(client, "/catalog/retiring/?model=beta-1")
    assert "Beta 0" not in words_of(client, "/catalog/retiring/past/"), "it is not called retired"
    calendar = client.get("/catalog/retiring/calendar.ics?model=beta-0").content.replace(b"\r\n ", b"").decode()
    for line in ("DTSTART;VALUE=DATE:20260901", "SUMMARY:Beta 0: left its vendor’s list 1 September 2026"):
        assert line in calendar
    (item,) = client.get("/catalog/retiring/feed.json?model=beta-0").json()["items"]
    assert item["summary"] == (
        "Not in its vendor’s list since 1 September 2026. Last seen there on 2 July 2026. No last day is known: "
        "it may stop on any day. Vendor: Acme. Replacement: unknown."
    )
    for form in ("rss", "atom"):
        assert "left its vendor’s list" in client.get(f"/catalog/retiring/feed.{form}").content.decode()
    assert "Beta 0 Left its vendor’s list Last seen there on 2 July 2026. No last day is known" in words_of(
        client, "/catalog/changes/"
    )
    assert "Beta 0: left its vendor’s list" in client.get("/catalog/changes/feed.rss").content.decode()
    (model,) = AIModel.objects.filter(name="Beta 0")
    (row,) = rows_of([model.pk], DAY)
    assert (row.status, row.label) == ("deprecated", "Left the list")
    assert "gone since" in row.last_day
    assert cautions([model.pk], DAY)[model.pk].clause == "left its vendor’s list on 1 September 2026"
    assert AIModel.facts_today([model.pk])[model.pk]["departure"] == "left its vendor’s list 1 September 2026"
    assert "left its vendor’s list 1 Sep 2026" in words_of(client, "/catalog/compare/?m=beta-0&m=beta-1")
    (entry,) = retirements(administrator, date(2026, 9, 1), date(2026, 9, 30))
    assert (entry.day, entry.sort, entry.title) == (date(2026, 9, 1), "Left its vendor’s list", "Beta 0")


def test_a_model_whose_end_becomes_known_has_an_end_instead_of_a_departure(client):
    import_both(listed(*range(30)), listed(*range(1, 30), day="2026-09-01"))
    model = AIModel.objects.get(name="Beta 0")
    assert TimelineEntry.objects.filter(kind=LEFT, model_id=model.pk).exists()
    factories.event(model=model, kind="retired", date="2027-01-14")
    page = words_of(client, "/catalog/retiring/")
    assert "Left the vendor’s list" not in page
    assert "14 January 2027" in page


def test_a_model_that_is_in_the_list_again_has_not_left(client):
    import_both(listed(*range(30)), listed(*range(1, 30), day="2026-09-01"))
    take_over(listed(*range(30), day="2026-10-01"))
    offering = Offering.objects.get(api_id="beta-0")
    assert (offering.left_list_on, offering.listing) == (None, "listed")
    assert status_of("Beta 0") == ("available", None, True)
    assert "Left the vendor’s list" not in words_of(client, "/catalog/retiring/")


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

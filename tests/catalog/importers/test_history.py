import pytest

from catalog.models import Evidence, FieldChange, Offering, Price
from tests.catalog import factories
from tests.catalog.feeds import SMALL, small, take_over
from tests.catalog.importers.test_models_dev import by_hand, everything, price_at

pytestmark = pytest.mark.django_db

STATES = [
    ["2025-06-05", {"cost": {"input": 3, "output": 6, "inputCached": 0.3, "outputCached": 0.0}}],
    ["2025-06-17", {"cost": {"input": 3, "output": 6, "cache_read": 0.3}}],
    ["2025-09-01", None],
    ["2025-09-03", {"cost": {"input": 9, "output": 6}}],
    ["2025-09-03", {"cost": {"input": 2, "output": 6}}],
    ["2026-02-01", {"cost": {"input": 1.5, "output": 6, "cache_read": 0.15}}],
]


def history(states=STATES, key="alpha-1", provider="acme", **others) -> dict:
    about = {"_source": {"commit_date": "2026-07-02T00:40:28+08:00"}, "models": {}}
    return {**about, "offerings": {provider: {key: states, **others}}}


def dated(meter="input") -> list[tuple]:
    return [(row.valid_from, row.amount) for row in price_at(meter=meter)]


@pytest.fixture
def _imported():
    take_over(SMALL)


@pytest.mark.usefixtures("_imported")
def test_states_become_dated_prices():
    present = price_at()[0]
    run = take_over(history())
    found = [("2025-06-05", 3), ("2025-09-01", None), ("2025-09-03", 2), ("2026-02-01", 1.5)]
    assert dated() == found
    assert dated("output") == [("2025-06-05", 6), ("2025-09-01", None), ("2025-09-03", 6)]
    assert [day for day, _ in dated("cache_read")] == ["2025-06-05", "2025-09-01", "2026-02-01"]
    assert dated("cache_write") == []  # 0 under its old name means "not stated"
    assert price_at()[-1].pk == present.pk, "the present price is the same row, with its day"
    assert run.counts == {"history": {"changed": 1}, "price": {"changed": 10}}
    assert Evidence.objects.filter(price__offering__api_id="alpha-1", confidence="third_party").count() == 10


@pytest.mark.usefixtures("_imported")
def test_second_run_and_next_import_change_nothing():
    take_over(history())
    before = everything()
    assert take_over(history()).counts == {"history": {"same": 1}}
    assert take_over(SMALL).counts["offering"] == {"same": 4}
    assert everything() == before


@pytest.mark.usefixtures("_imported")
def test_next_import_goes_on_from_the_history():
    take_over(history())
    later = small(providers__acme__models={"alpha-1": {"base_model": "acme/alpha-1", "cost": {"input": 1}}})
    later["_source"]["commit_date"] = "2026-08-01"
    take_over(later)
    assert dated()[-2:] == [("2026-02-01", 1.5), ("2026-08-01", 1)]
    take_over(history())
    assert dated()[-2:] == [("2026-02-01", 1.5), ("2026-08-01", 1)]


@pytest.mark.usefixtures("_imported")
def test_history_corrects_the_days_of_earlier_imports():
    row = price_at()[0]
    Price.objects.filter(pk=row.pk).update(amount=2, valid_from="2026-06-01")
    take_over(small())  # sees the price of 1.5 on 2 July 2026
    assert dated() == [("2026-06-01", 2), ("2026-07-02", 1.5)]
    take_over(history())
    assert dated() == [("2025-06-05", 3), ("2025-09-01", None), ("2025-09-03", 2), ("2026-02-01", 1.5)]


@pytest.mark.usefixtures("_imported")
def test_prices_of_users_stay():
    by_hand(price_at()[0], amount=7, valid_from="2025")
    run = take_over(history())
    assert dated() == [("2025", 7)]
    assert "kept" in {line["what"] for line in run.report}
    assert len(dated("output")) == 3


@pytest.mark.usefixtures("_imported")
def test_prices_of_other_sources_stay_and_end_the_history():
    offering = Offering.objects.get(api_id="alpha-1")
    Price.objects.filter(pk=price_at()[0].pk).delete()
    known = factories.price(offering=offering, amount="1.5", valid_from="2025-12-24")
    factories.evidence(price=known, confidence="vendor")
    take_over(history())
    assert dated() == [("2025-06-05", 3), ("2025-09-01", None), ("2025-09-03", 2), ("2025-12-24", 1.5)]


@pytest.mark.usefixtures("_imported")
@pytest.mark.parametrize(("is_by_hand", "last"), [(False, []), (True, [("2025-12-24", 2)])])
def test_a_price_of_others_that_repeats_the_history_is_a_source_of_it_and_one_of_a_user_stays(is_by_hand, last):
    row = price_at()[0]
    Price.objects.filter(pk=row.pk).update(amount=2, valid_from="2025-12-24")
    source = factories.evidence(price=row, confidence="vendor").source
    if is_by_hand:
        by_hand(price_at()[0], valid_from="2025-12-24", amount=3)
        by_hand(price_at()[0], amount=2)
    take_over(history())
    assert dated() == [("2025-06-05", 3), ("2025-09-01", None), ("2025-09-03", 2), *last]
    assert Evidence.objects.filter(price=price_at()[-1], source=source).exists()
    before = everything()
    take_over(history())
    assert everything() == before


@pytest.mark.usefixtures("_imported")
def test_prices_that_a_user_deleted_stay_deleted():
    offering = Offering.objects.get(api_id="alpha-1")
    FieldChange.objects.create(
        record=offering,
        record_name="alpha-1",
        part="price",
        part_id=price_at()[0].pk,
        action="deleted",
        old={"meter": "input", "above_tokens": 0, "service_level": "", "conditions": ""},
        holds=True,
    )
    price_at()[0].delete()
    take_over(history())
    assert dated() == []


@pytest.mark.usefixtures("_imported")
def test_offering_that_became_a_symbolic_link_keeps_its_price():
    take_over(history([*STATES, ["2026-03-01", None]]))
    assert dated()[-1] == ("2026-02-01", 1.5)


@pytest.mark.usefixtures("_imported")
def test_offering_that_states_no_price_any_longer_has_none():
    take_over(history([*STATES, ["2026-03-01", {"limit": {"context": 1}}]]))
    assert dated()[-2:] == [("2026-02-01", 1.5), ("2026-03-01", None)]


@pytest.mark.usefixtures("_imported")
def test_tiers_and_their_former_spelling_are_one_price():
    over = {"input": 3, "output": 12}
    states = [
        ["2025-10-01", {"cost": {"input": 0, "output": 0.05, "context_over_200k": over}}],
        ["2025-11-01", {"cost": {"input": 0, "output": 0.05, "tiers": [{"tier": {"size": 200_000}, **over}]}}],
    ]
    take_over(history(states, "x/alpha-1", "host.example"))
    rows = Price.objects.filter(offering__api_id="x/alpha-1", above_tokens=200_000)
    assert {(row.meter, row.valid_from) for row in rows} == {("input", "2025-10-01"), ("output", "2025-10-01")}


@pytest.mark.usefixtures("_imported")
def test_unreadable_and_unknown_records_are_reported():
    others = {"Alpha-1": [["2025-06-05", {"cost": {"input": -1}}]], "gone": STATES}
    run = take_over(history([["someday", {}]], **others))
    assert sorted((line["what"], line["place"]) for line in run.report) == [
        ("broken", "offerings.acme.Alpha-1"),
        ("broken", "offerings.acme.alpha-1"),
        ("not matched", "offerings.acme.gone"),
    ]


@pytest.mark.usefixtures("_imported")
@pytest.mark.parametrize("states", [None, [], "x", [1], [[1, 2]], [["2025-06-05"]], [["2025-06-05", 1]]])
def test_any_shape_of_states_is_refused(states):
    assert take_over(history(states)).counts == {"history": {"broken": 1}}


@pytest.mark.usefixtures("_imported")
def test_dry_run_and_held_run_write_no_price():
    take_over(history(), is_dry=True)
    assert dated() == [("2026-07-02", 1.5)]
    run = take_over(history(), holds=True)
    assert dated() == [("2026-07-02", 1.5)]
    assert run.held.get().kind == "history"

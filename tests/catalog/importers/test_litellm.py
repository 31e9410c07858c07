from datetime import date
from decimal import Decimal

import pytest
import time_machine

from catalog.history.audit_log import log_changes, take_snapshot
from catalog.importers.entries import UnreadableFeedError
from catalog.importers.litellm.prices import price_key_of, read
from catalog.models import AIModel, FieldChange, LifecycleEvent, Offering, Price, Source
from catalog.models.offering import rows_on
from tests import factories as people
from tests.catalog import factories
from tests.catalog.feeds import SMALL, stored, take_over, without_source
from tests.catalog.importers.test_models_dev import by_hand, everything

pytestmark = pytest.mark.django_db

MAP = {
    "sample_spec": {"deprecation_date": "date when the model ends", "litellm_provider": "one of these"},
    "alpha-1": {
        "litellm_provider": "acme",
        "input_cost_per_token": 1.5e-06,
        "output_cost_per_token": 7e-06,
        "input_cost_per_token_batches": 7.5e-07,
        "output_cost_per_image": 0.04,
        "deprecation_date": "2026-12-31",
        "successor_model": "alpha-2",
        "mode": "chat",
        "max_input_tokens": 5,
    },
    "acme/alpha-2": {
        "litellm_provider": "acme",
        "max_input_tokens": 1000,
        "supports_reasoning": True,
        "supported_regions": ["eu", "us"],
    },
    "acme/alpha-latest": {"alias_of": "alpha-1"},
    "other/thing": {"litellm_provider": "nobody"},
    "acme/unheard-of": {"litellm_provider": "acme"},
    "rules": {"rules": []},
}


def with_end(day):
    return {**MAP, "alpha-1": {**MAP["alpha-1"], "deprecation_date": day}}


@pytest.fixture(autouse=True)
def catalogue(db):
    take_over(SMALL)


def offering(api_id="alpha-1") -> Offering:
    return Offering.objects.get(provider__slug="acme", api_id=api_id)


def prices(api_id="alpha-1") -> dict:
    return {row.key: (row.amount, row.unit, row.per_quantity) for row in offering(api_id).prices.all()}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("input_cost_per_token", ("input", 0, "", "")),
        ("input_cost_per_token_above_200k_tokens_priority", ("input", 200_000, "priority", "")),
        (
            "cache_creation_input_token_cost_above_12hr_above_272k_tokens_flex",
            ("cache_write", 272_000, "flex", "kept above 12 hours"),
        ),
        ("cache_creation_input_token_cost_above_1hr", ("cache_write", 0, "", "kept above 1 hour")),
        ("output_cost_per_second_1080p", ("output", 0, "", "by the second, 1080p")),
        ("output_cost_per_image_0.5K", ("image", 0, "", "0.5K")),
        ("input_cost_per_video_per_second_above_15s_interval", ("input_video", 0, "", "by the second, above 15 s")),
        ("ocr_cost_per_page_batches", ("page", 0, "batch", "")),
        ("max_input_tokens", ()),
        ("input_dbu_cost_per_token", ()),
    ],
)
def test_names_of_prices_tell_meter_context_service_and_conditions(name, key):
    assert price_key_of(name)[0] == key


def test_prices_are_by_the_million_tokens_and_by_one_image():
    stated = read(MAP["alpha-1"])
    assert stated[("input", 0, "", "")].amount == Decimal("1.5")
    assert (stated[("image", 0, "", "")].amount, stated[("image", 0, "", "")].per_quantity) == (Decimal("0.04"), 1)


def test_tiers_and_searches_are_prices_too():
    stated = read(
        {
            "tiered_pricing": [
                {"range": [0, 256_000.0], "input_cost_per_token": 1e-6},
                {"range": [256_000.0, 1e6], "input_cost_per_token": 2e-6},
            ],
            "search_context_cost_per_query": {"search_context_size_low": 0.01},
        }
    )
    assert {key: price.amount for key, price in stated.items()} == {
        ("input", 0, "", ""): 1,
        ("input", 256_000, "", ""): 2,
        ("search", 0, "", "low context"): Decimal("0.01"),
    }


def test_what_is_missing_is_filled_in_and_the_newer_price_wins():
    take_over(MAP)
    found = prices()
    assert found[("input", 0, "batch", "")] == (Decimal("0.75"), "token", 1_000_000)
    assert found[("image", 0, "", "")] == (Decimal("0.04"), "image", 1)
    current = {row.key: row.amount for row in rows_on(date.today(), offering().prices.all())}
    assert current[("output", 0, "", "")] == 7, "as LiteLLM says later than models.dev"
    assert offering().max_input_tokens is None
    run = take_over(SMALL)
    assert not run.counts.get("price"), "what models.dev has said since July is older"


def test_the_end_of_service_is_an_event_with_its_successor_and_source():
    take_over(MAP)
    event = LifecycleEvent.objects.get(offering=offering())
    assert (event.kind, event.date, event.replaced_by) == ("retired", "2026-12-31", AIModel.objects.get(slug="alpha-2"))
    assert event.evidence.get().source == Source.objects.get(feed="litellm")


def test_the_end_of_an_id_that_names_another_model_is_not_verified():
    Offering.objects.filter(api_id="alpha-1").update(model=factories.model(name="Beta"))
    take_over(MAP)
    [evidence] = LifecycleEvent.objects.get(offering=offering()).evidence.all()
    assert (evidence.confidence, evidence.note) == ("unverified", "The id names another model: Alpha 1.")
    before = everything()
    take_over(MAP)
    assert everything() == before


def test_an_offering_of_a_known_model_is_made():
    take_over(MAP)
    made = offering("alpha-2")
    assert (made.model.slug, made.max_input_tokens, made.reasoning, made.regions) == ("alpha-2", 1000, True, "eu, us")
    assert made.evidence.get().is_checked is False


def test_what_belongs_nowhere_is_listed_with_the_reason():
    run = take_over(MAP)
    reasons = {line["place"]: line["reason"] for line in run.report if line["what"] == "not matched"}
    assert set(reasons) == {"acme/alpha-latest", "other/thing", "acme/unheard-of", "rules"}
    assert "no provider 'nobody'" in reasons["other/thing"]
    assert "no model is known" in reasons["acme/unheard-of"]
    assert "names no provider" in reasons["rules"]
    assert run.counts["offering"] == {"not matched": 4, "changed": 1, "new": 1}


def test_importing_again_changes_no_row():
    take_over(MAP)
    before = everything()
    take_over(MAP)
    assert everything() == before


def test_the_other_feed_is_stored_as_before_and_its_older_price_is_shown_beside_ours():
    take_over(MAP)
    assert stored() == without_source(SMALL)
    before = everything()
    take_over(SMALL)
    now = everything()
    [disputed] = [row for row in now["Evidence"] if row not in before["Evidence"]]
    assert "Now gives 6, since 2 July 2026." in disputed
    assert now | {"Evidence": before["Evidence"]} == before
    take_over(SMALL)
    assert everything() == now


def test_a_later_end_moves_the_event():
    take_over(MAP)
    take_over(with_end("2027-03-31"))
    assert LifecycleEvent.objects.get(offering=offering()).date == "2027-03-31"
    take_over({**MAP, "alpha-1": {**MAP["alpha-1"], "deprecation_date": "2027-02-31"}})
    assert LifecycleEvent.objects.get(offering=offering()).date == "2027-03-31"


def test_an_end_set_by_hand_stays():
    take_over(MAP)
    event = LifecycleEvent.objects.get(offering=offering())
    before = take_snapshot(Offering, [event.offering_id])
    event.date = "2030"
    event.save()
    log_changes(Offering, before, take_snapshot(Offering, before), user=people.user())
    run = take_over(with_end("2027-03-31"))
    event.refresh_from_db()
    assert event.date == "2030"
    assert any("set manually" in line["reason"] for line in run.report)


def test_an_end_that_was_on_record_before_stays():
    factories.event(offering=offering(), kind="retired", date="2026-11-30")
    take_over(MAP)
    assert LifecycleEvent.objects.get(offering=offering()).date == "2026-11-30"
    before = everything()
    take_over(MAP)
    assert everything() == before


def test_a_price_set_by_hand_stays():
    take_over(MAP)
    price = Price.objects.get(offering=offering(), service_level="batch")
    by_hand(price, amount=Decimal(3))
    take_over({**MAP, "alpha-1": {**MAP["alpha-1"], "input_cost_per_token_batches": 9e-07}})
    price.refresh_from_db()
    assert price.amount == 3


def test_a_price_that_changed_is_a_row_of_its_own_and_logged():
    with time_machine.travel("2026-11-20 12:00", tick=False):
        take_over(MAP)
    run = take_over({**MAP, "alpha-1": {**MAP["alpha-1"], "output_cost_per_image": 0.05}})
    rows = offering().prices.filter(meter="image").order_by("valid_from")
    assert [row.amount for row in rows] == [Decimal("0.04"), Decimal("0.05")]
    assert [change.part for change in FieldChange.objects.filter(run=run)] == ["price"]


@pytest.mark.parametrize(
    "broken", [{"input_cost_per_token": "much"}, {"output_cost_per_image": -1}, {"deprecation_date": "soon"}, []]
)
def test_a_broken_entry_is_reported_and_the_others_enter(broken):
    entry = {**MAP["alpha-1"], **broken} if isinstance(broken, dict) else broken
    run = take_over({**MAP, "alpha-1": entry, "acme/alpha-latest": {}})
    assert "alpha-1" in [line["place"] for line in run.report if line["what"] in ("broken", "not matched")]
    assert Offering.objects.filter(api_id="alpha-2", provider__slug="acme").exists()
    assert not offering().events.exists()


@pytest.mark.parametrize("data", [[], {}, {"a": {"b": 1}}, None])
def test_another_file_is_refused_in_a_sentence(data):
    with pytest.raises(UnreadableFeedError, match=r"not a JSON file of models\.dev or LiteLLM"):
        take_over(data)


def test_a_dry_run_writes_nothing_and_counts_the_same():
    before = everything()
    dry = take_over(MAP, is_dry=True)
    assert dry.state == "tried"
    assert dry.counts["offering"]["changed"] > 0
    assert everything() == before
    assert dry.counts == take_over(MAP).counts

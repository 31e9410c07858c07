"""The facts of the starter content follow a feed, and people decide about the rest."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.importers.held import apply_held
from catalog.importers.running import import_feed
from catalog.models import AIModel, Offering, Price, RunState
from catalog.models.offering import rows_on
from tests import factories as people
from tests.catalog.feeds import real, take_over
from tests.catalog.importers.test_models_dev import by_hand

pytestmark = pytest.mark.usefixtures("starter_content")

LABS = ("openai", "anthropic")


def changed_feed(day: str) -> dict:
    """Return the real data of two labs, as of that day, with seven facts changed that the starter content has."""
    data = real("models-dev/authored.json")
    data["_source"]["commit_date"] = day
    data["models"] = {key: value for key, value in data["models"].items() if key.startswith(LABS)}
    data["providers"] = {key: data["providers"][key] for key in LABS}
    offered = {key: provider["models"] for key, provider in data["providers"].items()}
    data["models"]["openai/o3"]["limit"]["context"] = 256_000
    data["models"]["openai/gpt-4o"]["release_date"] = "2024-05-14"
    data["models"]["openai/gpt-4o"]["limit"]["output"] = 32_768
    offered["openai"]["gpt-5.2"]["status"] = "beta"
    offered["openai"]["gpt-5.2"]["cost"]["input"] = 1.5
    offered["openai"]["gpt-5.2"]["cost"]["output"] = 12
    offered["anthropic"]["claude-haiku-4-5"]["cost"]["input"] = 4  # a jump, which is held
    return data


def model(slug: str) -> AIModel:
    return AIModel.objects.get(slug=slug)


def price_of(api_id: str, meter: str) -> Decimal | None:
    rows = Price.objects.filter(offering__in=Offering.objects.filter(api_id=api_id, provider__slug__in=LABS))
    found = rows_on(date(2026, 11, 27), rows.filter(meter=meter, above_tokens=0, service_level="", conditions=""))
    return next((row.amount for row in found), None)


def values() -> dict:
    return {
        "context": model("o3").context_tokens,
        "release": model("gpt-4o").released_on,
        "output limit": model("gpt-4o").max_output_tokens,
        "status": Offering.objects.get(api_id="gpt-5.2", provider__slug="openai").listing,
        "input": price_of("gpt-5.2", "input"),
        "output": price_of("gpt-5.2", "output"),
        "input of Haiku": price_of("claude-haiku-4-5", "input"),
    }


NEW = {
    "context": 256_000,
    "release": "2024-05-14",
    "output limit": 32_768,
    "status": "preview",
    "input": Decimal("1.5"),
    "output": Decimal(12),
    "input of Haiku": Decimal(4),
}


def told(run) -> list[str]:
    return [line["place"] for line in run.report if "changes pages" in line["what"] or "change pages" in line["what"]]


@pytest.mark.parametrize("day", ["2026-07-02", "2026-11-26"])
def test_starter_facts_follow_the_feed_and_each_held_one_is_accepted(day):
    before = values()
    data = changed_feed(day)
    by_hand(model("gpt-5-2"), context_tokens=123)
    tried = import_feed(data, "authored.json", RunState.TRIED)
    assert values() == before
    run = take_over(data)
    assert told(tried)[1:] == told(run)[1:]
    assert any("Table “From release to last day”, row GPT-4o" in line for line in told(tried))
    taken = {name for name, value in values().items() if value == NEW[name]}
    assert taken == NEW.keys() - {"input of Haiku"}
    assert (model("gpt-5-2").context_tokens, model("gpt-4").knowledge_cutoff_on) == (123, "")
    held = {(row.key, one["path"]): one["rule"] for row in run.held.all() for one in row.differences if "rule" in one}
    assert "factor of 3" in held["anthropic/claude-haiku-4-5", "price input"]
    assert "set manually" in held.get(("openai/gpt-5.2", "limit.context"), "set manually")
    assert all(held.values())
    apply_held(run, run.held.exclude(kind="match"), people.user(), holds=False)
    assert values() == NEW
    assert model("gpt-4").knowledge_cutoff_on == ""

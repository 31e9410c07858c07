"""Odd values in each place of a feed: each is imported or rejected with its place, and the others are imported."""

from copy import deepcopy

import pytest
from django.db import transaction

from catalog.importers.entries import UnreadableFeedError
from catalog.models import AIModel, Offering, Provider
from tests.catalog.feeds import SMALL, take_over

pytestmark = pytest.mark.django_db

ODD = [None, -1, "\0", [""], [{}], {"a": {"b": 1}}]
ODD_AT_FIRST = ["", 1e300]
PUBLISHED = {
    "acme": {
        "id": "acme",
        "name": "Acme",
        "doc": "https://example.com/docs",
        "env": [],
        "models": {
            "alpha-1": {
                "id": "alpha-1",
                "name": "Alpha",
                "limit": {"context": 100, "output": 8},
                "modalities": {"input": ["text"], "output": ["text"]},
                "cost": {
                    "input": 1,
                    "output": 2,
                    "tiers": [{"tier": {"size": 200_000}, "input": 3}],
                    "context_over_200k": {"input": 3},
                },
            },
            "good": {"id": "good", "name": "Good"},
        },
    }
}
LITELLM = {
    "alpha-1": {
        "litellm_provider": "acme",
        "mode": "chat",
        "input_cost_per_token": 1e-6,
        "output_cost_per_token_above_200k_tokens": 2e-6,
        "max_input_tokens": 100,
        "deprecation_date": "2027-01-01",
        "successor_model": "acme/Alpha-1",
        "supports_vision": True,
        "search_context_cost_per_query": {"search_context_size_low": 0.01},
        "tiered_pricing": [{"range": [0, 10], "input_cost_per_token": 1e-6}],
    },
    "acme/Alpha-1": {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": 1e-6},
}


def places(data, path=()):
    """Return every place in a feed, as the steps to it."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in steps:
        yield (*path, step)
        yield from places(value, (*path, step))


def changed(data, path, value):
    copy = deepcopy(data)
    *parents, last = path
    part = copy
    for step in parents:
        part = part[step]
    part[last] = value
    return copy


def try_each(data, take, values=ODD):
    """Import each feed that has an odd value in one place, over the existing records."""
    failed = []
    for path in places(data):
        for odd in values:
            try:
                with transaction.atomic():
                    take(changed(data, path, odd))
                    transaction.set_rollback(True)
            except UnreadableFeedError:
                continue
            except Exception as error:  # any exception would have ended the import
                failed.append((path, str(odd)[:20], repr(error)[:100]))
    assert not failed, "\n".join(map(str, failed))


@pytest.mark.fuzz
def test_no_value_in_any_place_of_the_authored_feed_ends_an_import():
    try_each({name: SMALL[name] for name in ("models", "providers")}, take_over, ODD_AT_FIRST)


@pytest.mark.fuzz
def test_nor_once_its_records_are_there():
    take_over(SMALL)
    try_each({name: SMALL[name] for name in ("models", "providers")}, take_over)


@pytest.mark.fuzz
def test_no_value_in_any_place_of_the_published_feed_ends_an_import():
    take_over(PUBLISHED)
    try_each(PUBLISHED, take_over)


@pytest.mark.fuzz
def test_no_value_in_any_place_of_litellm_ends_an_import():
    take_over(SMALL)
    try_each(LITELLM, take_over)


def test_a_model_named_by_something_else_than_a_text_is_refused_with_its_place():
    data = changed(SMALL, ("providers", "acme", "models", "alpha-1", "base_model"), {"a": 1})
    run = take_over(data)
    assert [line["place"] for line in run.report] == ["providers.acme.models.alpha-1"]
    assert "base_model" in run.report[0]["reason"]
    assert (AIModel.objects.count(), Provider.objects.count(), Offering.objects.count()) == (2, 2, 3)


def test_a_key_with_a_nul_is_refused_with_its_place_and_nothing_else():
    data = deepcopy(SMALL)
    data["providers"]["acme"]["models"]["al\0pha"] = {"name": "Odd"}
    data["providers"]["ho\0st"] = {"provider": {"name": "Odd"}, "models": {}}
    data["models"]["acme/al\0pha"] = {"name": "Odd"}
    run = take_over(data)
    assert {line["reason"] for line in run.report} == {"it holds a NUL character."}
    assert {kind: counts["broken"] for kind, counts in run.counts.items() if "broken" in counts} == {
        "provider": 1,
        "model": 1,
        "offering": 1,
    }
    assert (AIModel.objects.count(), Provider.objects.count(), Offering.objects.count()) == (2, 2, 4)
    run = take_over({**LITELLM, "a\0b": {"litellm_provider": "acme"}})
    assert [line["what"] for line in run.report if "NUL" in line["reason"]] == ["broken"]

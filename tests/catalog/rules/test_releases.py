from datetime import date

import pytest

from catalog.rules.releases import date_of_id, names_extended, plausible_release

VENDOR = {"id": "5", "reference_provider": "7"}


def offering(api_id, *prices, provider="7") -> dict:
    return {"api_id": api_id, "provider": {"id": provider}, "prices": [{"valid_from": day} for day in prices]}


def released(day, *offerings, extended=None, events=(), slug="falcon") -> str | None:
    document = {"slug": slug, "released_on": day, "vendors": [VENDOR], "events": [{"kind": kind} for kind in events]}
    return plausible_release(document, offerings, extended)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mistral-large-2512", date(2025, 12, 1)),
        ("claude-opus-4-1-20250805", date(2025, 8, 5)),
        ("us.anthropic.claude-opus-4-20250514-v1:0", date(2025, 5, 14)),
        ("gpt-4o-2024-11-20", date(2024, 11, 20)),
        ("command-a-03-2025", date(2025, 3, 1)),
        ("gemini-2.5-flash-lite-preview-09-2025", date(2025, 9, 1)),
        ("grok-4.20-0309", None),
        ("gpt-4o", None),
        ("llama-3.1-8b-instruct", None),
        ("model-20259999", None),
    ],
)
def test_dates_in_ids(text, day):
    assert date_of_id(text) == day


def test_a_release_long_before_the_date_in_each_own_id_is_implausible():
    assert released("2024-11-01", offering("large-2512")) is None
    assert released("2025-11-20", offering("large-2512")) == "2025-11-20"
    assert released("2024-05-13", offering("gpt-4o"), offering("gpt-4o-2024-11-20")) == "2024-05-13"
    hosts = offering("large-2512"), offering("large", provider="8")
    assert released("2024-11-01", *hosts) is None, "the ids of hosts count only without own ones"
    assert released("2024", offering("large-2412")) == "2024"
    assert released("2024-11-01", slug="large-2512") is None


def test_a_release_long_after_the_first_price_is_implausible_unless_there_was_a_preview():
    assert released("2025-12-01", offering("chat", "2025-06-10", "2026-01-01")) is None
    assert released("2025-12-01", offering("chat", "2025-11-10")) == "2025-12-01"
    assert released("2025-12-01", offering("chat", "2025-06-10"), events=["preview"]) == "2025-12-01"


def test_a_release_half_a_year_before_the_model_whose_name_it_extends_is_implausible():
    assert released("2024-06-26", extended="2025-04-16") is None
    assert released("2025-01-31", extended="2025-04-16") == "2025-01-31"
    assert released("2026-01-31", extended="2025-04-16") == "2026-01-31"


def test_an_unknown_release_stays_unknown():
    assert released(None, offering("large-2512")) is None
    assert released("", offering("large-2512")) is None


def test_names_that_a_name_extends():
    assert names_extended("o4-mini-deep-research") == ["o4-mini-deep", "o4-mini", "o4"]

from datetime import date
from decimal import Decimal

import pytest

from catalog.rules.prices import (
    Offer,
    amount_in_words,
    lowest_offer,
    prices_on,
    reference_offer,
    token_prices,
)

DAY = date(2026, 11, 24)


def price(amount="1", since="2020", **fields):
    """Return a price in the form of documents."""
    return {
        "meter": "input",
        "amount": amount,
        "currency": "USD",
        "per_quantity": 1_000_000,
        "unit": "token",
        "above_tokens": 0,
        "service_level": None,
        "conditions": None,
        "valid_from": since,
        "is_withdrawn": amount is None,
        **fields,
    }


def test_the_latest_price_that_has_begun_holds():
    rows = [price("3"), price("2", "2025-06-10"), price("1", "2027")]
    assert prices_on(DAY, rows) == [rows[1]]
    assert prices_on(date(2025, 6, 9), rows) == [rows[0]]


def test_a_withdrawn_price_leaves_none():
    assert prices_on(DAY, [price("3"), price(None, "2026-01")]) == []
    assert prices_on(DAY, [price("3"), price(None, "2026-01")], withdrawn=True) == [price(None, "2026-01")]


def test_prices_need_not_come_in_the_order_of_their_dates():
    rows = [price("2", "2026-01"), price("1", "2026"), price("3")]
    assert prices_on(DAY, rows) == [rows[0]]


def test_prices_come_in_the_order_of_the_meters():
    assert [row["meter"] for row in prices_on(DAY, [price(meter="output"), price()])] == ["input", "output"]


def of_modalities(input_name="text", output_name="text"):
    sides = {"input_modalities": input_name, "output_modalities": output_name}
    return {side: [{"slug": name, "name": name.title()}] for side, name in sides.items()}


def test_an_ordinary_price_of_tokens_has_no_conditions():
    found = [price("9", above_tokens=200_000), price("1", conditions="batch"), price("2", per_quantity=1_000)]
    found += [price("1", meter="output", currency="EUR"), price("1", meter="cache_read", unit="second")]
    assert token_prices(found, of_modalities()) == {
        "input_price": 2_000,
        "output_price": None,
        "cached_price": None,
        "blended_price": None,
    }


def test_the_blended_price_is_that_of_three_parts_of_input_and_one_of_output():
    assert token_prices([price("4"), price("8", meter="output")], of_modalities())["blended_price"] == 5


@pytest.mark.parametrize("sides", [("audio", "text"), ("text", "image"), ("text", "video")])
def test_prices_of_speech_and_pictures_are_not_compared_with_those_of_text(sides):
    assert not any(token_prices([price("4"), price("8", meter="output")], of_modalities(*sides)).values())


def offer(key, entered=None, returned=None, **fields):
    amounts = [None if amount is None else Decimal(amount) for amount in (entered, returned)]
    blended = None if None in amounts else (3 * amounts[0] + amounts[1]) / 4
    prices = {"input_price": amounts[0], "output_price": amounts[1], "cached_price": None, "blended_price": blended}
    document = {"provider": {"id": "7", "kind": "host"} | fields.pop("provider", {}), "api_id": "falcon"}
    given = {"valid": [{}], "status": "available"}
    given |= {name: fields.pop(name) for name in given.keys() & fields.keys()}
    return Offer(key, document | {"checked_on": None} | fields, prices=prices, **given)


@pytest.mark.parametrize(
    ("offers", "found"),
    [
        ([offer(1, 3, 9), offer(2, 2, 9)], 2),
        ([offer(1, 3, 9), offer(2, 2, 9, provider={"id": "8"})], 1),
        ([offer(1, 3, 9), offer(2, 2, 9, status="retired")], 1),
        ([offer(1, 3, 9), offer(2, 2, 9, status="deprecated")], 1),
        ([offer(1, 3, 9, status="deprecated")], 1),
        ([offer(1, 3, 9), offer(2, 2, 9, api_id="falcon-2024-05-13")], 1),
        ([offer(1, 3, 9), offer(2, 2, 9, api_id="falcon-20251101")], 1),
        ([offer(1, 3, 9), offer(2, 2, 9, api_id="falcon-2")], 2),
        ([offer(1, 3, 9), offer(2, 0, 0)], 1),
        ([offer(1, 0, 0)], None),
        ([offer(1, 0, 0, checked_on="2026-11-24")], 1),
        ([offer(1)], 1),
        ([offer(1, valid=[])], None),
        ([], None),
    ],
)
def test_the_price_of_a_model_is_that_of_the_reference_provider_of_its_vendor(offers, found):
    offered = reference_offer(offers, [{"reference_provider": None}, {"reference_provider": "7"}])
    assert (offered and offered.key) == found


@pytest.mark.parametrize(
    ("offers", "found"),
    [
        ([offer(1, 1, 9), offer(2, 2, 4)], 2),
        ([offer(1, 1), offer(2, 2, 4)], 2),
        ([offer(1, 3), offer(2, 2)], 2),
        ([offer(1, 3, 9), offer(2, 2, 9, provider={"kind": "reseller"})], 1),
        ([offer(1, 3, 9), offer(2, 2, 9, provider={"kind": None})], 1),
        ([offer(1, 3, 9), offer(2, 2, 9, status="retired")], 1),
        ([offer(1, 3, 9), offer(2, 0, 0)], 1),
        ([offer(1, 0, 0)], None),
        ([offer(1, 3, 9), offer(2, 0, 0, checked_on="2026-11-24")], 2),
        ([offer(1)], None),
        ([offer(1, 2, 9, status="deprecated"), offer(2, 2, 9)], 2),
        ([offer(1, 2, 9, status="deprecated"), offer(2, 3, 9)], 1),
        ([offer(1, 2, 9), offer(2, 2, 9, status="deprecated", provider={"kind": "vendor"})], 2),
    ],
)
def test_the_lowest_price_is_the_lowest_blend_of_one_offer_of_the_chosen_kinds(offers, found):
    offered = lowest_offer(offers, ["vendor", "cloud", "host"])
    assert (offered and offered.key) == found


def test_conditions_have_prices_of_their_own():
    rows = [price("3"), price("1.5", conditions="batch")]
    assert prices_on(DAY, rows) == rows


@pytest.mark.parametrize(
    ("amount", "fields", "words"),
    [
        ("0.500000000", {}, "0.50 USD per 1,000,000 tokens"),
        ("14", {}, "14.00 USD per 1,000,000 tokens"),
        ("0.175", {}, "0.175 USD per 1,000,000 tokens"),
        ("0.1", {"per_quantity": 1, "unit": "second"}, "0.10 USD per second"),
        ("30000", {"currency": "EUR"}, "30,000.00 EUR per 1,000,000 tokens"),
        ("0", {}, "no charge"),
    ],
)
def test_an_amount_is_written_with_its_unit(amount, fields, words):
    assert amount_in_words(price(amount, **fields)) == words

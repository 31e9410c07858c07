from datetime import date
from decimal import Decimal

import pytest

from catalog.rules.prices import (
    amount_in_words,
    lowest,
    prices_on,
    token_price,
)

DAY = date(2026, 11, 24)


def price(amount="1", since=None, **fields):
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


def offering(*prices, retired=None):
    events = [{"kind": "retired", "date": retired, "bound": "exact"}] if retired else []
    return {"prices": list(prices), "events": events, "checked_on": None, "listing": "listed"}


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


def test_an_ordinary_price_of_tokens_has_no_conditions():
    found = offering(price("9", above_tokens=200_000), price("1", conditions="batch"), price("2", per_quantity=1_000))
    assert token_price(DAY, found, "input") == 2_000
    assert token_price(DAY, found, "output") is None
    assert token_price(DAY, offering(price("2", currency="EUR")), "input") is None


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


@pytest.mark.parametrize(
    ("amounts", "found"), [(["0", "3", "0.5"], "0.5"), (["0", None], "0"), ([None], None), ([], None)]
)
def test_what_is_listed_without_a_charge_is_the_lowest_price_only_where_nobody_asks_one(amounts, found):
    amounts = [None if text is None else Decimal(text) for text in amounts]
    assert lowest(amounts) == (None if found is None else Decimal(found))

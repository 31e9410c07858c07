"""The prices of an offering on a day, and their formatting. The rule is the docstring of `prices_on`."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from catalog.rules.choices import Meter, Unit
from catalog.rules.partial_dates import PartialDate

METERS = Meter.values
CONDITIONS = ("above_tokens", "service_level", "conditions")
KEY = ("meter", *CONDITIONS)
# The currency and quantity in which token prices are compared.
CURRENCY, PER = "USD", 1_000_000
TWO_PLACES = Decimal("0.01")
# A listed price of 0 may mean free, a trial, or part of a plan that is paid in another way.
NO_CHARGE = "no charge"


def prices_on(day: date, prices: Iterable[dict], withdrawn: bool = False) -> list[dict]:
    """Return the prices of an offering (`prices` of its document) that are valid on `day`, sorted by meter.

    1. A price begins on the first day of the period given by its `valid_from`; one without a date began before all
       others.
    2. Prices with the same meter and conditions (`above_tokens`, `service_level`, `conditions`) replace each other. Of
       those that have begun, the one with the latest `valid_from` is valid; of "2026" and "2026-01" the second.
    3. If that one is withdrawn, there is no such price; with `withdrawn` it is returned anyway.
    """
    current = {}
    for price in sorted(prices, key=lambda price: price["valid_from"] or ""):
        if (begins := _begins(price)) is None or begins <= day:
            current[tuple(price[name] for name in KEY)] = price
    found = [price for price in current.values() if withdrawn or not price["is_withdrawn"]]
    return sorted(found, key=lambda price: METERS.index(price["meter"]))


def token_price(day: date, offering: dict, meter: str) -> Decimal | None:
    """Return the price that applies to every request on `day`, in USD per million tokens; None if unknown."""
    found = prices_on(day, _ordinary(offering, meter))
    return usd_per_million_tokens(found[0]) if found else None


class LowestPrice(NamedTuple):
    """The price of an offering for a meter, in USD per million tokens; None for both if there is none."""

    amount: Decimal | None
    offering: int | None  # its key


def lowest_of(asked: Iterable[LowestPrice]) -> LowestPrice:
    """Return the lowest price as in `lowest`, the first of equals."""
    known = [one for one in asked if one.amount is not None]
    return min(known, key=lambda one: (one.amount == 0, one.amount), default=LowestPrice(None, None))


def usd_per_million_tokens(price: dict) -> Decimal | None:
    """Return the amount for comparing token prices; None for other units or currencies."""
    if price["unit"] != Unit.TOKEN or price["currency"] != CURRENCY or not price["per_quantity"]:
        return None
    return _per_million(price["amount"], price["per_quantity"])


@lru_cache(maxsize=10_000)
def _per_million(amount: str, per_quantity: int) -> Decimal:
    return Decimal(amount) * PER / per_quantity


def lowest(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the lowest amount; 0 only if there is no other, since plans that are paid otherwise list models at 0."""
    known = [amount for amount in amounts if amount is not None]
    return min(filter(None, known), default=Decimal(0) if known else None)


def amount_in_words(price: dict) -> str:
    """Return an amount without trailing zeros: "0.50 USD per 1,000,000 tokens"; "no charge" for 0."""
    return _amount_in_words(price["amount"], price["currency"], price["unit"], price["per_quantity"])


@lru_cache(maxsize=10_000)
def _amount_in_words(amount: str, *unit) -> str:
    return f"{number_in_words(Decimal(amount))} {_unit_in_words(*unit)}" if Decimal(amount) else NO_CHARGE


@lru_cache(maxsize=10_000)
def number_in_words(amount: Decimal) -> str:
    """Return an amount with at least two decimal places, and more if needed."""
    amount = amount.normalize()
    if amount == (rounded := amount.quantize(TWO_PLACES)):
        amount = rounded
    return f"{amount:,f}"


def usd_in_words(amount: Decimal) -> str:
    """Return an amount in USD per million tokens without its unit: "3.00", "0.075"; "no charge" for 0."""
    return number_in_words(amount) if amount else NO_CHARGE


def conditions_in_words(price: dict) -> str:
    """Return the conditions of a price, or "" if it applies to every request."""
    above = f"above {price['above_tokens']:,} tokens" if price["above_tokens"] else ""
    return ", ".join(filter(None, [above, price["service_level"], price["conditions"]]))


def unit_in_words(price: dict) -> str:
    """Return the unit of an amount: "USD per 1,000,000 tokens"."""
    return _unit_in_words(price["currency"], price["unit"], price["per_quantity"])


def _unit_in_words(currency: str, unit: str, quantity: int) -> str:
    label = Unit(unit).label
    return f"{currency} per {label if quantity == 1 else f'{quantity:,} {label}s'}"


def _ordinary(offering: dict, meter: str) -> list[dict]:
    return [
        price for price in offering["prices"] if price["meter"] == meter and not any(price[name] for name in CONDITIONS)
    ]


def _begins(price: dict) -> date | None:
    return PartialDate.parse(price["valid_from"]).first_day if price["valid_from"] else None


def price_turns(prices: Iterable[dict]) -> set[date]:
    """Return the only days on which prices can change."""
    return {day for price in prices if (day := _begins(price))}

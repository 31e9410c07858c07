"""The prices of an offering on a day, and how they are written. The rule is the docstring of `prices_on`."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from catalog.rules.choices import Meter, Unit
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Status, status_on

METERS = Meter.values
CONDITIONS = ("above_tokens", "service_level", "conditions")
KEY = ("meter", *CONDITIONS)
# In what prices of tokens are told and compared.
CURRENCY, PER = "USD", 1_000_000
TWO_PLACES = Decimal("0.01")
# What a list gives as 0 may be free, a trial, or part of a plan that is paid otherwise.
NO_CHARGE = "no charge"


def prices_on(day: date, prices: Iterable[dict], withdrawn: bool = False) -> list[dict]:
    """Return those of the prices of an offering (the `prices` of its document) that hold on `day`, by their meters.

    1. A price begins on the first day of the period that its `valid_from` names; one without a date began before all
       others.
    2. Prices of the same meter and the same conditions (`above_tokens`, `service_level`, `conditions`) follow each
       other. Of those that have begun, the one with the latest `valid_from` holds; of "2026" and "2026-01" the second.
    3. Where that one is withdrawn there is no such price; `withdrawn` returns it all the same.
    """
    current = {}
    for price in sorted(prices, key=lambda price: price["valid_from"] or ""):
        if (begins := _begins(price)) is None or begins <= day:
            current[tuple(price[name] for name in KEY)] = price
    found = [price for price in current.values() if withdrawn or not price["is_withdrawn"]]
    return sorted(found, key=lambda price: METERS.index(price["meter"]))


def token_price(day: date, offering: dict, meter: str) -> Decimal | None:
    """Return the ordinary price of a meter on `day`, in USD per million tokens; None where that is unknown.

    Ordinary is a price for every request: without `above_tokens`, `service_level` and `conditions`.
    """
    found = prices_on(day, _ordinary(offering, meter))
    return usd_per_million_tokens(found[0]) if found else None


class Asked(NamedTuple):
    """What an offering asks for a meter, in USD per million tokens."""

    amount: Decimal
    offering: object  # its document, or its key


def lowest_asked(day: date, offerings: Iterable[dict], meter: str) -> Asked | None:
    """Return the lowest ordinary price of a meter on `day` among offerings that are not retired, the first of equals.

    0 only where no offering asks more (see `lowest`); None where none has such a price.
    """
    asked = ((_asked(day, offering, meter), offering) for offering in offerings)
    return lowest_of(Asked(amount, offering) for amount, offering in asked if amount is not None)


def lowest_of(asked: Iterable[Asked | None]) -> Asked | None:
    """Return the lowest of what is asked, the first of equals, as `lowest` says it; None for no price."""
    known = [one for one in asked if one is not None]
    return min(known, key=lambda one: (one.amount == 0, one.amount), default=None)


def usd_per_million_tokens(price: dict) -> Decimal | None:
    """Return an amount as prices of tokens are compared; None for what is counted or paid in another way."""
    if price["unit"] != Unit.TOKEN or price["currency"] != CURRENCY or not price["per_quantity"]:
        return None
    return _per_million(price["amount"], price["per_quantity"])


@lru_cache(maxsize=10_000)
def _per_million(amount: str, per_quantity: int) -> Decimal:
    return Decimal(amount) * PER / per_quantity


def lowest(amounts) -> Decimal | None:
    """Return the lowest that is asked; 0 only where nothing else is known, None where nothing is.

    A plan that is paid otherwise lists its models at 0: that is no price at which to have one.
    """
    known = [amount for amount in amounts if amount is not None]
    return min(filter(None, known), default=Decimal(0) if known else None)


def amount_in_words(price: dict) -> str:
    """Return an amount without needless noughts: 0.50 USD per 1,000,000 tokens; no charge for 0."""
    return _amount_in_words(price["amount"], price["currency"], price["unit"], price["per_quantity"])


@lru_cache(maxsize=10_000)
def _amount_in_words(amount: str, *unit) -> str:
    return f"{number_in_words(Decimal(amount))} {_unit_in_words(*unit)}" if Decimal(amount) else NO_CHARGE


@lru_cache(maxsize=10_000)
def number_in_words(amount: Decimal) -> str:
    """Return an amount with at least two places, and as many more as it needs."""
    amount = amount.normalize()
    if amount.as_tuple().exponent > TWO_PLACES.as_tuple().exponent:
        amount = amount.quantize(TWO_PLACES)
    return f"{amount:,f}"


def usd_in_words(amount: Decimal) -> str:
    """Return an amount of USD per million tokens without its unit: 3.00, 0.075; no charge for 0."""
    return number_in_words(amount) if amount else NO_CHARGE


def conditions_in_words(price: dict) -> str:
    """Return the conditions of a price, "" for those of every request."""
    above = f"above {price['above_tokens']:,} tokens" if price["above_tokens"] else ""
    return ", ".join(filter(None, [above, price["service_level"], price["conditions"]]))


def unit_in_words(price: dict) -> str:
    """Return what an amount counts: USD per 1,000,000 tokens."""
    return _unit_in_words(price["currency"], price["unit"], price["per_quantity"])


def _unit_in_words(currency: str, unit: str, quantity: int) -> str:
    label = Unit(unit).label
    return f"{currency} per {label if quantity == 1 else f'{quantity:,} {label}s'}"


def _ordinary(offering: dict, meter: str) -> list[dict]:
    return [
        price for price in offering["prices"] if price["meter"] == meter and not any(price[name] for name in CONDITIONS)
    ]


def _begins(price: dict) -> date | None:
    period = PartialDate.parse(price["valid_from"])
    return period and period.first_day


def price_turns(prices: Iterable[dict]) -> set[date]:
    """Return the only days on which prices can change."""
    return {_begins(price) for price in prices} - {None}


def _asked(day: date, offering: dict, meter: str) -> Decimal | None:
    return None if status_on(day, offering) == Status.RETIRED else token_price(day, offering, meter)

"""Which prices hold on a day, and how they are written."""

from datetime import date
from decimal import Decimal

from catalog.rules.choices import Meter, Unit

METERS = Meter.values
# In what prices of tokens are told and compared.
CURRENCY, PER = "USD", 1_000_000
TWO_PLACES = Decimal("0.01")
# What a list gives as 0 may be free, a trial, or part of a plan that is paid otherwise.
NO_CHARGE = "no charge"


def prices_on(day: date, prices, withdrawn: bool = False) -> list:
    """Return those of `prices` (of one offering, in order of their date) that hold on `day`.

    Of each meter and condition the latest row counts that began by then; a withdrawn one leaves nothing, but itself
    where `withdrawn` asks for it. A row without a date is older than any other.
    """
    current = {}
    for price in prices:
        if price.period is None or price.period.first_day <= day:
            current[price.key] = price
    return [price for price in current.values() if withdrawn or not price.is_withdrawn]


def listed_prices(day: date, prices) -> list:
    """Return what `prices_on` does, in the order in which readers get the meters."""
    return sorted(prices_on(day, prices), key=lambda price: METERS.index(price.meter))


def usd_per_million_tokens(price) -> Decimal | None:
    """Return an amount as prices of tokens are compared; None for what is counted or paid in another way."""
    if price.unit != Unit.TOKEN or price.currency != CURRENCY:
        return None
    return price.amount * PER / price.per_quantity


def lowest(amounts) -> Decimal | None:
    """Return the lowest that is asked; 0 only where nothing else is known, None where nothing is.

    A plan that is paid otherwise lists its models at 0: that is no price at which to have one.
    """
    known = [amount for amount in amounts if amount is not None]
    return min(filter(None, known), default=Decimal(0) if known else None)


def amount_in_words(price) -> str:
    """Return an amount without needless noughts: 0.50 USD per 1,000,000 tokens; no charge for 0."""
    if price.amount == 0:
        return NO_CHARGE
    return f"{number_in_words(price.amount)} {unit_in_words(price)}"


def number_in_words(amount: Decimal) -> str:
    """Return an amount with at least two places, and as many more as it needs."""
    amount = amount.normalize()
    if amount.as_tuple().exponent > TWO_PLACES.as_tuple().exponent:
        amount = amount.quantize(TWO_PLACES)
    return f"{amount:,f}"


def unit_in_words(price) -> str:
    """Return what an amount counts: USD per 1,000,000 tokens."""
    unit = price.get_unit_display()
    per = unit if price.per_quantity == 1 else f"{price.per_quantity:,} {unit}s"
    return f"{price.currency} per {per}"

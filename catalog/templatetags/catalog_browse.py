"""Filters for lists and comparisons of models: how numbers are written."""

from decimal import Decimal

from django import template

from catalog.rules.prices import NO_CHARGE

register = template.Library()

CENTS = Decimal("0.01")


@register.filter
def thousands(number: int) -> str:
    return f"{number:,}"


@register.filter
def price(amount: Decimal) -> str:
    """An amount with two decimals, more where it has them: 3.00, 0.075. Nought is no charge."""
    if amount == 0:
        return NO_CHARGE
    amount = amount.normalize()
    return f"{amount if amount.as_tuple().exponent < CENTS.as_tuple().exponent else amount.quantize(CENTS):,f}"


@register.filter
def plain_number(number: Decimal) -> str:
    """A number without needless noughts: 70.2."""
    return f"{number.normalize():,f}"

"""Filters for lists and comparisons of models: how numbers and links are written."""

from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils.html import format_html_join

from catalog.documents.compose import path_of
from catalog.models import Modality, Vendor
from catalog.rules.prices import NO_CHARGE

register = template.Library()

CENTS = Decimal("0.01")
TABLES = {"vendor": Vendor, "modality": Modality}
path = lru_cache(maxsize=10_000)(path_of)


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


@register.filter
def linked(records: list[dict], table: str) -> str:
    """Records that a document names, each as a link to its page."""
    named = ((path(TABLES[table], record["slug"]) or "", record["name"]) for record in records)
    return format_html_join(", ", '<a href="{}">{}</a>', named)

"""Filters for lists and comparisons of models: how numbers and links are written."""

from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join

from catalog.documents.compose import path_of
from catalog.models import Modality, Vendor
from catalog.rules.prices import NO_CHARGE

register = template.Library()

CENTS = Decimal("0.01")
FIELD = (
    '<label class="facet__value"><input type="{}" name="{}" value="{}"{}>'
    '<span class="facet__name">{}</span>{}</label>\n'
)
NUMBER = ' <span class="facet__count">{}</span>'
SAID_OTHERWISE = (
    ' <span class="facet__count"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>'
)
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


@register.filter
def fields(facet) -> str:
    """The values of a facet as fields of a form, each with its number: they are hundreds."""
    kind = "radio" if facet.name == "show" else "checkbox"
    rows = (
        (kind, facet.name, option.value, " checked" if option.is_chosen else "", option.label, _number(option.words))
        for option in facet.options
    )
    return format_html_join("", FIELD, rows)


def _number(words) -> str:
    if words is None:
        return ""
    return format_html(SAID_OTHERWISE, words.shown, words.said) if words.said else format_html(NUMBER, words.shown)

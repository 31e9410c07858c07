"""Filters for lists and comparisons of models."""

from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join

from ops.db.bounded_count import in_words

register = template.Library()

FIELD = (
    '<label class="facet__value"><input type="{}" name="{}" value="{}"{}>'
    '<span class="facet__name">{}</span>{}</label>\n'
)
NUMBER = ' <span class="facet__count">{}</span>'
SAID_OTHERWISE = (
    ' <span class="facet__count"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>'
)


@register.filter
def thousands(number: int) -> str:
    return f"{number:,}"


@register.filter
def fields(facet) -> str:
    """Render the values of a facet as form fields with their counts, in Python because there are hundreds."""
    rows = (_field(facet.name, option.value, option.label, option.count, option.is_chosen) for option in facet.options)
    return format_html_join("", "{}", zip(rows))


@lru_cache(maxsize=10_000, typed=True)  # typed: a count that means "more than 10,000" must not equal 10,000
def _field(name: str, value: str, label: str, count: int | None, is_chosen: bool) -> str:
    kind, checked = "radio" if name == "show" else "checkbox", " checked" if is_chosen else ""
    return format_html(FIELD, kind, name, value, checked, label, _number(count))


def _number(count: int | None) -> str:
    if count is None:
        return ""
    words = in_words(count)
    return format_html(SAID_OTHERWISE, words.shown, words.said) if words.said else format_html(NUMBER, words.shown)

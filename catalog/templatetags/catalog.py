"""Filters and tags for the front page, lists and comparisons of models."""

from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from catalog.browse.facets import Option
from catalog.browse.rows import current_models
from catalog.check.example import example
from catalog.lifecycle.heirs import in_words as heirs_in_words
from catalog.lifecycle.timeline import EndRow, retirements_ahead
from catalog.news.recent import measured, recent_changes, record_counts
from catalog.presenting.cells import UNKNOWN
from catalog.presenting.rows import links_to
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import in_words_of_lowest, usd_in_words
from catalog.rules.status import Bound
from ops.db.bounded_count import in_words

register = template.Library()
register.simple_tag(example, name="example_to_check")
register.simple_tag(lambda: record_counts() | measured(), name="record_counts")
register.simple_tag(current_models)
register.simple_tag(lambda count: recent_changes(timezone.localdate(), count), name="changes_in_catalogue")
register.filter("thousands", lambda number: f"{number:,}")
register.filter("heirs", heirs_in_words)
register.filter("model_link", lambda model: links_to("model", [model]))

FIELD = (
    '<label class="facet__value"><input type="{}" name="{}" value="{}"{}>'
    '<span class="facet__name">{}</span>{}</label>\n'
)
NUMBER = ' <span class="facet__count">{}</span>'
SAID_OTHERWISE = (
    ' <span class="facet__count"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>'
)


@register.filter
def partial_date(text: str) -> str:
    """Return a partial date in words: "24 November 2026", "November 2026" or "2026"; "" if unknown."""
    return str(PartialDate.parse(text)) if text else ""


@register.filter
def price_words(model: dict) -> str:
    """Return the prices of a model in the form of the API: "1.75 / 14.00 via PROVIDER", else the lowest."""
    if model["price_at"]:
        prices = (model["input_price"], model["output_price"])
        entered, returned = ("–" if price is None else usd_in_words(Decimal(price)) for price in prices)
        return f"{entered} / {returned} via {model['price_at']}"
    lowest = in_words_of_lowest(model["lowest"])
    return f"from {lowest}" if lowest else UNKNOWN


@register.simple_tag
def price_change(price: Decimal | str | None, other: Decimal | str | None) -> str:
    """Return how the `other` blended price compares: "96% cheaper" or "3.2 times the price"; "" if one is unknown."""
    before, after = (Decimal(str(amount or 0).replace(",", "")) for amount in (price, other))
    if not before or not after or before == after:
        return ""
    return f"{100 * (1 - after / before):.0f}% cheaper" if after < before else f"{after / before:.2g} times the price"


@register.simple_tag
def next_retirements(count: int) -> list[EndRow]:
    """Return the next retirement of each vendor by the vendor itself, nearest first. One query."""
    ends = retirements_ahead(timezone.localdate()).filter(row__is_of_model=True, bound=Bound.EXACT)
    nearest: dict[tuple[str, ...], EndRow] = {}
    for end in ends[: 20 * count]:
        vendors = (*end.row.get("vendors", ()),)
        first = nearest.setdefault(vendors, EndRow(end))
        if end.date == first.entry.date:
            nearest[vendors] = first._replace(models=[*first.models, end])
    return [*nearest.values()][:count]


@register.filter
def fields(options: list[Option], name: str) -> str:
    """Render options of the facet `name` as form fields with their counts, in Python because there are hundreds."""
    rows = (_field(name, option.value, option.label, option.count, option.is_chosen) for option in options)
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

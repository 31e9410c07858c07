from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from catalog.news.recent import CatalogueChange, recent_changes, record_counts, upcoming_retirements
from catalog.rules.partial_dates import PartialDate

register = template.Library()

ITEM = (
    '<li class="changes__item"><time class="changes__date" datetime="{}">{}</time><p class="changes__words">'
    '<a class="changes__name" href="{}">{}</a>{}{}</p></li>'
)
LABEL = ' <span class="changes__price">{}</span>'
STATUS = ' <span class="status status--{}">{}</span>'
NOTE = ' <span class="changes__note">{}</span>'


@register.filter
def partial_date(text: str) -> str:
    """Return a partial date in words: "24 November 2026", "November 2026" or "2026"; "" if unknown."""
    return str(PartialDate.parse(text) or "")


@register.simple_tag
def changes_in_catalogue(count: int) -> list[CatalogueChange]:
    """Return the latest changes of models and prices, for the front page. One query."""
    return recent_changes(timezone.localdate(), count)


@register.simple_tag
def retirements_ahead(count: int) -> list[CatalogueChange]:
    """Return the next dated retirements, for the front page. One query."""
    return upcoming_retirements(timezone.localdate(), count)


@register.filter
def as_items(changes: list[CatalogueChange], is_of_one_sort: bool) -> str:
    """Render changes as list items; with `is_of_one_sort` without the status, because the heading says it."""
    return format_html_join("\n", ITEM, (_parts(change, is_of_one_sort) for change in changes))


def _parts(change: CatalogueChange, is_of_one_sort: bool) -> tuple:
    label, note = "", change.note
    if not change.is_status:
        label = format_html(LABEL, change.label)
    elif not is_of_one_sort:
        label = format_html(STATUS, change.status, change.label)
    note = format_html(NOTE, note) if note else ""
    return change.period.written, change.period.words, change.url, change.name, label, note


register.simple_tag(record_counts)

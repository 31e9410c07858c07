from django import template
from django.utils import timezone

from catalog.news.recent import CatalogueChange, recent_changes, record_counts, upcoming_retirements
from catalog.rules.partial_dates import PartialDate

register = template.Library()
register.simple_tag(record_counts)


@register.filter
def partial_date(text: str) -> str:
    """Return a partial date in words: "24 November 2026", "November 2026" or "2026"; "" if unknown."""
    return str(PartialDate.parse(text)) if text else ""


@register.simple_tag
def changes_in_catalogue(count: int) -> list[CatalogueChange]:
    """Return the latest changes of models and prices, for the front page. One query."""
    return recent_changes(timezone.localdate(), count)


@register.simple_tag
def retirements_ahead(count: int) -> list[CatalogueChange]:
    """Return the next dated retirements, for the front page. One query."""
    return upcoming_retirements(timezone.localdate(), count)

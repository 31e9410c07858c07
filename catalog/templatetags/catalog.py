from django import template
from django.utils import timezone

from catalog.news import Change, coming_ends, recent_changes, record_counts
from catalog.rules.partial_dates import PartialDate

register = template.Library()


@register.filter
def partial_date(text: str) -> str:
    """A partial date in words: 24 November 2026, November 2026 or 2026. Empty for an unknown one."""
    return str(PartialDate.parse(text) or "")


@register.simple_tag
def changes_in_catalogue(count: int) -> list[Change]:
    """What happened last to models and prices, for the front page. Two queries."""
    return recent_changes(timezone.localdate(), count)


@register.simple_tag
def ends_ahead(count: int) -> list[Change]:
    """The next ends of service that are known, for the front page. One query."""
    return coming_ends(timezone.localdate(), count)


register.simple_tag(record_counts)

from django import template
from django.utils import timezone

from catalog.news import Change, coming_ends, recent_changes, record_counts
from catalog.rules.partial_dates import PartialDate
from publishing.page_cache.known import known_while_content_stays

register = template.Library()


@register.filter
def partial_date(text: str) -> str:
    """A partial date in words: 24 November 2026, November 2026 or 2026. Empty for an unknown one."""
    return str(PartialDate.parse(text) or "")


@register.simple_tag
@known_while_content_stays
def changes_in_catalogue(count: int) -> list[Change]:
    """What happened last to models and prices, for the front page. Two queries."""
    return recent_changes(timezone.localdate(), count)


@register.simple_tag
@known_while_content_stays
def ends_ahead(count: int) -> list[Change]:
    """The next ends of service that are known, for the front page. One query."""
    return coming_ends(timezone.localdate(), count)


register.simple_tag(known_while_content_stays(record_counts))

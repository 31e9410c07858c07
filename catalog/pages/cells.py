"""What cells of tables hold, as HTML: made once for the many rows that have the same."""

from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.rules.partial_dates import PartialDate

UNKNOWN = SafeString('<em class="unknown">unknown</em>')


def or_unknown(text: str) -> str:
    return text or UNKNOWN


@lru_cache(maxsize=10_000)
def links(named: tuple[tuple[str, str], ...]) -> str:
    """Return pairs of address and name as links, "unknown" for none."""
    return format_html_join(", ", '<a href="{}">{}</a>', named) or UNKNOWN


@lru_cache(maxsize=10_000)
def dated(written: str) -> str:
    """Return a partial date in words, "unknown" for none."""
    return format_html('<time datetime="{}">{}</time>', written, PartialDate.parse(written)) if written else UNKNOWN

"""The HTML of table cells, cached for the many rows with the same values."""

from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.rules.levels import Provenance
from catalog.rules.partial_dates import PartialDate
from publishing.rendering.names import whole_names

UNKNOWN = SafeString('<em class="unknown">unknown</em>')


@lru_cache(maxsize=10_000)
def links(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return pairs of URL and name as links, or "unknown" if there are none."""
    return format_html_join(", ", '<a href="{}">{}</a>', ((url, whole_names(name)) for url, name in pairs)) or UNKNOWN


@lru_cache(maxsize=10_000)
def dated(written: str, form: str = "long") -> str:
    """Return a partial date in its "long" or "short" form, or "unknown"."""
    text = written and getattr(PartialDate.parse(written), form)
    return format_html('<time datetime="{}">{}</time>', written, text) if written else UNKNOWN


def source_links(sources: Iterable[tuple[dict, int]], firm: str = "", form: str = "") -> str:
    """Return pairs of a source document and the `Provenance.place` of what it says as links; "" for none.

    With the name of the firm each says how far it was followed.
    """
    cells = []
    for source, place in sources:
        remark = f", {Provenance.at(place).describe(firm)}" if firm else ""
        cells.append((_source(source["title"], source["url"], source["read_on"], remark),))
    return format_html_join("" if form else "; ", form or "{}", cells)


@lru_cache(maxsize=1_000)
def _source(title: str, url: str | None, read_on: str, remark: str) -> str:
    name = format_html('<a href="{}" rel="noopener">{}</a>', url, title) if url else title
    return format_html("{}, {}{}", name, dated(read_on), remark)

"""The HTML of table cells, cached for the many rows with the same values."""

from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.rules.partial_dates import PartialDate
from publishing.rendering.names import whole_names

UNKNOWN = SafeString('<em class="unknown">unknown</em>')
NOTE = '<td class="register__note">{}</td>'
NO_NOTE = format_html('<td class="register__note register__note--unknown">{}</td>', UNKNOWN)
COUNT = '<td class="register__number"><span class="register__label">{}</span> {}</td>'
LINKED_COUNT = '<a href="{}" rel="nofollow">{}<span class="visually-hidden"> models of {}</span></a>'


def or_unknown(text: str) -> str:
    return text or UNKNOWN


@lru_cache(maxsize=10_000)
def links(named: tuple[tuple[str, str], ...]) -> str:
    """Return pairs of URL and name as links, or "unknown" if there are none."""
    return format_html_join(", ", '<a href="{}">{}</a>', ((url, whole_names(name)) for url, name in named)) or UNKNOWN


@lru_cache(maxsize=10_000)
def dated(written: str, letters: int | None = None) -> str:
    """Return a partial date in words, with so many `letters` of its month, or "unknown"."""
    words = str(written and PartialDate.parse(written)).split()
    short = " ".join(word if word.isdecimal() else word[:letters] for word in words)
    return format_html('<time datetime="{}">{}</time>', written, short) if written else UNKNOWN


def note(text: str | None) -> str:
    """Return the cell of a register with a text, or with "unknown"."""
    return format_html(NOTE, text) if text else NO_NOTE


def count(label: str, number: int, url: str, name: str) -> str:
    """Return the cell of a register with the number of models of `name`, as a link to their list if it has a `url`."""
    shown = format_html(LINKED_COUNT, url, f"{number:,}", name) if url and number else f"{number:,}"
    return format_html(COUNT, label, shown)


def joined(cells: Iterable[str]) -> str:
    return format_html_join("", "{}", ((cell,) for cell in cells))


def said_by(sources: Iterable[tuple[dict, bool]], unchecked: str = ", not checked by us") -> str:
    """Return pairs of a source document and whether we have checked all of its facts as links; "" for none."""
    cells = (
        (_source(one["title"], one["url"], one["read_on"], "" if is_checked else unchecked),)
        for one, is_checked in sources
    )
    return format_html_join("; ", "{}", cells)


@lru_cache(maxsize=1_000)
def _source(title: str, url: str | None, read_on: str, remark: str) -> str:
    name = format_html('<a href="{}" rel="noopener">{}</a>', url, title) if url else title
    return format_html("{}, {}{}", name, dated(read_on), remark)

"""Filters and tags for the page of a model as Markdown."""

from django import template

from catalog.pages.rows import FactRow
from catalog.pages.sources import Citation, SourceNotes
from ops.http.urls import absolute
from publishing.rendering import markdown

register = template.Library()
register.filter(markdown.plain)


@register.filter
def title(words: str) -> str:
    return markdown.heading(markdown.plain(words), 1)


@register.simple_tag
def link(words, url: str) -> str:
    return markdown.link(words, absolute(url))


@register.filter
def value(fact: FactRow) -> str:
    if not fact.is_known:
        return "unknown"
    if fact.records:
        words = ", ".join(link(record, record.url) for record in fact.records)
    else:
        words = link(fact.value, fact.url) if fact.url else markdown.plain(f"{fact.value} {fact.unit}".strip())
    return f"{words} (doubtful)" if fact.is_doubtful else words


@register.simple_tag
def cited(evidence: list[dict], notes: SourceNotes) -> str:
    """Return the numbers of the sources, each with its reservations."""
    return notes.cited(evidence, _as_text)


def _as_text(citations: list[Citation]) -> str:
    found = []
    for citation in citations:
        numbers = " ".join(f"\\[{note.number}\\]" for note in citation.notes)
        said = ": ".join(filter(None, [f"({citation.words})" if citation.words else "", citation.remark]))
        found.append(f"{numbers} {markdown.plain(said)}".strip())
    return "; ".join(found) or "no source"

"""Tags for pages of records: the sources of each part as numbered notes."""

from django import template
from django.template.loader import render_to_string

from catalog.pages.model_page import ModelPage
from catalog.pages.rows import OfferingRow
from catalog.pages.sources import Citation, Note, Notes

register = template.Library()


@register.simple_tag
def cited(evidence: list[dict], notes: Notes) -> str:
    """Return the sources of a part of the page."""
    return notes.cited(evidence, _as_list)


def _as_list(found: list[Citation]) -> str:
    return render_to_string("catalog/_evidence.html", {"citations": found})


@register.simple_tag
def marks(page: ModelPage, offering: OfferingRow) -> list[Note]:
    return page.marks(offering)

"""Tags for pages of records: the sources of each part as numbered notes."""

from itertools import chain

from django import template
from django.template.loader import render_to_string

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
def marks(offering: OfferingRow, notes: Notes) -> str:
    """Return the numbers of the sources of an offering and of its prices."""
    items = chain(offering.evidence, *(price.evidence for price in offering.prices))
    return notes.marked({item["source"] for item in items}, _as_numbers)


def _as_numbers(found: list[Note]) -> str:
    return render_to_string("catalog/_marks.html", {"notes": found})

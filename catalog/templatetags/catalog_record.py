"""Tags for pages of records: the sources of each part as numbered notes."""

from django import template

from catalog.pages.model_page import ModelPage
from catalog.pages.rows import OfferingRow
from catalog.pages.sources import Note, citations

register = template.Library()
register.simple_tag(citations)


@register.simple_tag
def marks(page: ModelPage, offering: OfferingRow) -> list[Note]:
    return page.marks(offering)

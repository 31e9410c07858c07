"""Template tags about enquiries for the start page of the admin."""

from django import template

from enquiries.models import Enquiry
from publishing.content.permissions import may_view

register = template.Library()


@register.simple_tag
def new_enquiries(user) -> int:
    """Return the number of new enquiries, or 0 for users who may not view them. One query."""
    return Enquiry.objects.new().count() if may_view(user, Enquiry) else 0

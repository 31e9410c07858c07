"""What the admin's start page says of enquiries."""

from django import template

from enquiries.models import Enquiry
from publishing.content.permissions import may_view

register = template.Library()


@register.simple_tag
def new_enquiries(user) -> int:
    """How many wait for somebody to take them up; 0 for whom they are not. One query."""
    return Enquiry.objects.new().count() if may_view(user, Enquiry) else 0

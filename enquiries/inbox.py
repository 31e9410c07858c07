"""Enquiries in the inbox: a user's own, and the new ones that nobody has taken."""

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator

from enquiries.models import Enquiry, EnquiryKind, EnquiryState
from ops.http.urls import change_url
from publishing.content.people import name_of
from publishing.content.permissions import AnyUser, may_view
from publishing.workflow.inbox import LIMIT, InboxItem, InboxPart, inbox_part


@inbox_part
def enquiries(user: AnyUser) -> InboxPart | None:
    """Return a user's open enquiries and the new ones of nobody, the oldest first. Two queries."""
    if not may_view(user, Enquiry):
        return None
    mine = Q(owner=user.pk, state__in=[EnquiryState.NEW, EnquiryState.IN_PROGRESS])
    waiting = Enquiry.objects.filter(mine | Q(owner=None, state=EnquiryState.NEW)).order_by("received_at")
    items = [
        InboxItem(
            f"{enquiry.name}, {enquiry.company}" if enquiry.company else enquiry.name,
            change_url(enquiry),
            "Answer",
            f"{EnquiryKind(enquiry.kind).label}: {Truncator(enquiry.message).chars(120)}",
            enquiry.received_at,
            name_of(enquiry.owner) if enquiry.owner else "",
        )
        for enquiry in waiting.select_related("owner")[:LIMIT]
    ]
    return InboxPart(30, "Enquiries", items, waiting.count(), reverse("admin:enquiries_enquiry_changelist"))

"""Enquiries in the inbox: a user's own, and the new ones that nobody has taken."""

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator

from enquiries.models import Enquiry, EnquiryKind, EnquiryState
from ops.db.prepared import Param, Prepared
from ops.http.urls import change_url
from publishing.content.people import name_of
from publishing.content.permissions import AnyUser, may_view
from publishing.workflow.inbox import LIMIT, InboxItem, InboxPart, inbox_part


@inbox_part
def enquiries(user: AnyUser) -> InboxPart | None:
    """Return a user's open enquiries and the new ones of nobody, the oldest first. Two queries at most."""
    if not may_view(user, Enquiry):
        return None
    waiting = _first.rows(user=user.pk)
    count = len(waiting) if len(waiting) < LIMIT else _open(user.pk).count()
    items = [
        InboxItem(
            f"{enquiry.name}, {enquiry.company}" if enquiry.company else enquiry.name,
            change_url(enquiry),
            "Answer",
            f"{EnquiryKind(enquiry.kind).label}: {Truncator(enquiry.message).chars(120)}",
            enquiry.received_at,
            name_of(enquiry.owner) if enquiry.owner else "",
        )
        for enquiry in waiting
    ]
    return InboxPart(30, "Enquiries", items, count, reverse("admin:enquiries_enquiry_changelist"))


def _open(user: object):
    mine = Q(owner=user, state__in=[EnquiryState.NEW, EnquiryState.IN_PROGRESS])
    return Enquiry.objects.filter(mine | Q(owner=None, state=EnquiryState.NEW))


@Prepared
def _first():
    return _open(Param("user")).order_by("received_at").select_related("owner")[:LIMIT]
